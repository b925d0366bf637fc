package dev.sluice.gateway.access;

import dev.sluice.gateway.upstreams.Rights.Action;
import dev.sluice.gateway.upstreams.Rights.Resource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The file of users: a YAML list, one entry for each. Errors tell the line, and no secret. */
final class UsersFile {
  private static final int MOST_USERS = 10_000;
  private static final int MOST_SECRETS = 2;
  private static final int MOST_RULES = 1_000;
  private static final int MOST_NAMES = 255;
  private static final Pattern ACCESS_KEY = Pattern.compile("[A-Za-z0-9._@:-]{1,64}");
  private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7e]{7,256}");
  private static final Pattern NAME = Pattern.compile("[\\x21-\\x7e&&[^*]]{0,255}\\*?");
  private static final Set<String> USER =
      Set.of(
          "access-key",
          "secret-key",
          "type",
          "permissions",
          "sign-as",
          "requests-per-second",
          "burst",
          "streams");
  private static final Set<String> RULE = Set.of("resource", "actions", "decision");
  private static final String USERS = "a YAML list of users with access-key and secret-key";
  private static final String RULES = "a list of rules with resource and actions";
  private static final String RESOURCE =
      "Topic:<name>, Group:<name>, either with * at the end for all names that begin so, or * for"
          + " everything";
  private static final String ACTIONS = "PUB, SUB or ALL";
  private static final String SECRETS =
      "7 to 256 visible ASCII characters, one secret or a list of two while one follows the other";
  private static final String PERMISSIONS =
      "a list of rules, type: SUPER, or sign-as: user to leave it to the broker";

  private final Set<String> accessKeys = new HashSet<>();

  private UsersFile() {}

  /**
   * Reads the file.
   *
   * @throws AccessException where anything in it is not as it should be
   */
  static List<UserEntry> read(NamedFile file, FileContents contents) {
    UsersFile reading = new UsersFile();
    List<UserEntry> users = new ArrayList<>();
    for (YamlPart user :
        YamlPart.of(file, contents.of(file, USERS), USERS).list(MOST_USERS, USERS)) {
      users.add(reading.user(user));
    }
    return List.copyOf(users);
  }

  private UserEntry user(YamlPart part) {
    Map<String, YamlPart> fields = part.fields(USER, USERS);
    boolean everything = choice(fields, "type", "NORMAL", "SUPER").equals("SUPER");
    boolean ownCredentials = choice(fields, "sign-as", "gateway", "user").equals("user");
    return new UserEntry(
        accessKey(part, fields),
        secrets(part, fields),
        permissions(part, fields.get("permissions"), everything, ownCredentials),
        ownCredentials,
        limits(fields));
  }

  private String accessKey(YamlPart user, Map<String, YamlPart> fields) {
    String expected = "1 to 64 of A-Z a-z 0-9 . _ @ : -";
    YamlPart part = required(user, fields, "access-key", expected);
    String accessKey = part.text(expected);
    if (!ACCESS_KEY.matcher(accessKey).matches()) {
      // Not shown: it may be a secret in the wrong line.
      throw part.wrong("is none", expected);
    }
    if (!accessKeys.add(accessKey)) {
      throw part.wrong("is " + accessKey + ", which is there already", "each once");
    }
    return accessKey;
  }

  private static List<String> secrets(YamlPart user, Map<String, YamlPart> fields) {
    List<String> secrets = new ArrayList<>();
    for (YamlPart part :
        required(user, fields, "secret-key", SECRETS).oneOrMore(MOST_SECRETS, SECRETS)) {
      String secret = part.text(SECRETS);
      if (!SECRET.matcher(secret).matches()) {
        throw part.wrong("has " + secret.length() + " characters, or others", SECRETS);
      }
      if (secrets.contains(secret)) {
        throw part.wrong("is there twice", "two that differ");
      }
      secrets.add(secret);
    }
    return List.copyOf(secrets);
  }

  private static Permissions permissions(
      YamlPart user, @Nullable YamlPart part, boolean everything, boolean ownCredentials) {
    if (everything && part != null) {
      throw part.wrong("are beside type: SUPER, which may do everything", "one of the two");
    }
    if (part != null) {
      return new Permissions(
          part.list(MOST_RULES, RULES).stream().flatMap(rule -> rules(rule).stream()).toList());
    }
    if (!everything && !ownCredentials) {
      throw user.wrong("has a user without permissions", PERMISSIONS);
    }
    return Permissions.ALL;
  }

  private static List<Permissions.Rule> rules(YamlPart rule) {
    Map<String, YamlPart> fields = rule.fields(RULE, RULES);
    Set<Action> actions = EnumSet.noneOf(Action.class);
    for (YamlPart part :
        required(rule, fields, "actions", ACTIONS).oneOrMore(Action.values().length, ACTIONS)) {
      actions.addAll(actions(part));
    }
    boolean allow = choice(fields, "decision", "ALLOW", "DENY").equals("ALLOW");
    return required(rule, fields, "resource", RESOURCE).oneOrMore(MOST_NAMES, RESOURCE).stream()
        .map(resource -> rule(resource, Set.copyOf(actions), allow))
        .toList();
  }

  private static Set<Action> actions(YamlPart part) {
    String text = part.text(ACTIONS);
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "PUB" -> Set.of(Action.PUB);
      case "SUB" -> Set.of(Action.SUB);
      case "ALL" -> Set.of(Action.values());
      default -> throw part.wrong("is " + text, ACTIONS);
    };
  }

  private static Permissions.Rule rule(YamlPart part, Set<Action> actions, boolean allow) {
    String text = part.text(RESOURCE);
    if (text.equals("*")) {
      return new Permissions.Rule(null, "", true, actions, allow);
    }
    int colon = text.indexOf(':');
    Resource resource =
        switch (text.substring(0, Math.max(colon, 0)).toUpperCase(Locale.ROOT)) {
          case "TOPIC" -> Resource.TOPIC;
          case "GROUP" -> Resource.GROUP;
          default -> throw part.wrong("is " + text, RESOURCE);
        };
    String name = text.substring(colon + 1);
    if (name.isEmpty() || !NAME.matcher(name).matches()) {
      throw part.wrong("is " + text, RESOURCE);
    }
    boolean prefix = name.endsWith("*");
    return new Permissions.Rule(
        resource, prefix ? name.substring(0, name.length() - 1) : name, prefix, actions, allow);
  }

  private static Limits limits(Map<String, YamlPart> fields) {
    Optional<Integer> perSecond = number(fields, "requests-per-second");
    Optional<Integer> burst = number(fields, "burst");
    YamlPart alone = fields.get("burst");
    if (alone != null && perSecond.isEmpty()) {
      throw alone.wrong("is there alone", "requests-per-second beside it");
    }
    return new Limits(
        perSecond.map(rate -> new RateLimit.Rate(rate, burst.orElse(rate))),
        Limits.MOST,
        number(fields, "streams").orElse(Limits.MOST));
  }

  private static Optional<Integer> number(Map<String, YamlPart> fields, String field) {
    return Optional.ofNullable(fields.get(field)).map(part -> part.number(Limits.MOST));
  }

  /** The first word where there is no such field. */
  private static String choice(
      Map<String, YamlPart> fields, String field, String first, String second) {
    YamlPart part = fields.get(field);
    if (part == null) {
      return first;
    }
    String expected = first + " or " + second;
    String text = part.text(expected);
    if (text.equalsIgnoreCase(first)) {
      return first;
    }
    if (text.equalsIgnoreCase(second)) {
      return second;
    }
    throw part.wrong("is " + text, expected);
  }

  private static YamlPart required(
      YamlPart in, Map<String, YamlPart> fields, String field, String expected) {
    YamlPart part = fields.get(field);
    if (part == null) {
      throw in.wrong("has no " + field, expected);
    }
    return part;
  }
}
