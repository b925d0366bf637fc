package dev.sluice.gateway.access;

import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.lifecycle.Clock;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.crypto.spec.SecretKeySpec;

/**
 * The users of a file, read anew when it changes, who sign their calls as official RocketMQ 5
 * clients do. Whoever is not let in learns nothing else: an unknown access key, a wrong secret and
 * a signature of something else are answered alike, after the same work.
 */
public final class Users implements Authenticator, Reloadable {

  private static final String REFUSED =
      "authorization: the signature is not one of a user here (expected: a known access key, and"
          + " its secret)";

  // As many are tried for everyone as a user may have.
  private static final int MOST_SECRETS = 2;
  private static final SecretKeySpec NOBODYS = User.key("nobody's secret, which signs nothing");

  /** Immutable. */
  private record Table(Map<String, List<User>> byAccessKey, Set<User> users) {}

  /** What the table now in use was made of. */
  private record Known(User.Profile profile, Map<String, User> bySecret) {}

  private final Clock clock;
  private final Signatures signatures;
  // Of those that the table now in use has; only touched while one is made.
  private final Map<String, Known> known = new HashMap<>();
  private final Reloading<Table> reloading;
  private volatile Consumer<Caller> revoked = caller -> {};

  private Users(NamedFile file, Duration maxSkew, Clock clock) {
    this.clock = clock;
    this.signatures = new Signatures(maxSkew, clock);
    this.reloading =
        Reloading.load("users", List.of(file), contents -> table(UsersFile.read(file, contents)));
  }

  /**
   * Reads the file. Blocks.
   *
   * @param maxSkew how far off the dates of signatures may be; zero for any
   * @throws AccessException where it cannot be used; then nobody may be let in
   */
  public static Users load(NamedFile file, Duration maxSkew, Clock clock) {
    return new Users(file, maxSkew, clock);
  }

  /** Has those told whose secret is taken out of the file, on any thread, once it is refused. */
  public void onRevoked(Consumer<Caller> listener) {
    revoked = listener;
  }

  private Table table(List<UserEntry> entries) {
    Map<String, List<User>> byAccessKey = new HashMap<>();
    Map<String, Known> next = new HashMap<>();
    Set<User> all = new HashSet<>();
    for (UserEntry entry : entries) {
      Known before = known.get(entry.accessKey());
      User.Profile profile = before == null ? profile(entry) : before.profile;
      profile.change(entry);
      Map<String, User> bySecret = new HashMap<>();
      List<User> users = new ArrayList<>();
      for (String secret : entry.secrets()) {
        User same = before == null ? null : before.bySecret.get(secret);
        User user = same == null ? new User(profile, entry.accessKey(), secret) : same;
        bySecret.put(secret, user);
        users.add(user);
      }
      next.put(entry.accessKey(), new Known(profile, bySecret));
      byAccessKey.put(entry.accessKey(), List.copyOf(users));
      all.addAll(users);
    }
    known.clear();
    known.putAll(next);
    return new Table(byAccessKey, Set.copyOf(all));
  }

  private User.Profile profile(UserEntry entry) {
    return new User.Profile(entry, new Account("user " + entry.accessKey(), entry.limits(), clock));
  }

  @Override
  public Caller authenticate(Metadata headers) {
    Signatures.Claim claim = signatures.read(headers);
    List<User> users = reloading.current().byAccessKey.getOrDefault(claim.accessKey(), List.of());
    User found = null;
    for (int i = 0; i < MOST_SECRETS; i++) {
      if (claim.isSignedWith(i < users.size() ? users.get(i).secret() : NOBODYS)
          && i < users.size()) {
        found = users.get(i);
      }
    }
    if (found == null) {
      throw Signatures.refused(REFUSED);
    }
    return found;
  }

  @Override
  public boolean accepts(Caller caller) {
    return caller instanceof User user && reloading.current().users.contains(user);
  }

  @Override
  public Outcome look() {
    Set<User> before = new HashSet<>(reloading.current().users);
    Outcome outcome = reloading.look(table -> {});
    before.removeAll(reloading.current().users);
    before.forEach(revoked);
    return outcome;
  }
}
