package dev.sluice.gateway.access;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.Quota;
import dev.sluice.gateway.upstreams.Rights;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/**
 * One secret of a user, which may have another while one follows the other. What the user may do
 * and have is that of the user. {@link #toString} shows no secret.
 */
final class User implements Caller {

  /** What the file says of a user, and says anew when it changes. */
  static final class Profile {
    private final Account account;
    private volatile UserEntry entry;

    Profile(UserEntry entry, Account account) {
      this.entry = entry;
      this.account = account;
    }

    /** One change at a time. */
    void change(UserEntry next) {
      entry = next;
      account.change(next.limits());
    }
  }

  private final Profile profile;
  private final String name;
  private final SecretKeySpec secret;

  User(Profile profile, String accessKey, String secret) {
    this.profile = profile;
    this.name = "User:" + accessKey;
    this.secret = key(secret);
  }

  /** What signatures are made with. */
  static SecretKeySpec key(String secret) {
    return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), Signatures.ALGORITHM);
  }

  SecretKeySpec secret() {
    return secret;
  }

  /** Not to be taken for an API key's name, which has no colon. */
  @Override
  public String name() {
    return name;
  }

  @Override
  public Quota sessions() {
    return profile.account.sessions();
  }

  @Override
  public Quota streams() {
    return profile.account.streams();
  }

  @Override
  public void charge(int requests) {
    profile.account.charge(requests);
  }

  @Override
  public Rights rights() {
    return profile.entry.rights();
  }

  @Override
  public Optional<Credentials> credentials() {
    UserEntry now = profile.entry;
    return now.ownCredentials()
        ? Optional.of(new Credentials(now.accessKey(), now.secrets().getFirst()))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return name;
  }
}
