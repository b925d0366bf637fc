package dev.sluice.engines;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Who may call a broker of RocketMQ 4 that has plain access control. {@link #toString} shows no
 * secret.
 *
 * @param accessKey the name, of 7 to 128 letters, digits, {@code .}, {@code _}, {@code -}
 * @param secretKey what requests are signed with; the same
 * @param admin whether topics and groups may be created and deleted, and everything else done
 * @param topicRights what else is allowed, by topic; nothing by default
 * @param groupRights likewise by consumer group
 */
public record AclAccount(
    String accessKey,
    String secretKey,
    boolean admin,
    Map<String, Right> topicRights,
    Map<String, Right> groupRights) {

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{7,128}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9%|_-]{1,255}");

  /** What an account may do with a topic or a group. */
  public enum Right {
    /** Send. */
    PUB,
    /** Receive. */
    SUB
  }

  /** Checks what the broker would refuse, or take for something else. */
  public AclAccount {
    topicRights = Map.copyOf(topicRights);
    groupRights = Map.copyOf(groupRights);
    if (!KEY.matcher(accessKey).matches()) {
      throw new IllegalArgumentException(
          "accessKey: '" + accessKey + "' (expected: 7 to 128 of letters, digits, . _ -)");
    }
    if (!KEY.matcher(secretKey).matches()) {
      throw new IllegalArgumentException(
          "secretKey of " + accessKey + " (expected: 7 to 128 of letters, digits, . _ -)");
    }
    for (Map<String, Right> rights : List.of(topicRights, groupRights)) {
      for (String name : rights.keySet()) {
        if (!NAME.matcher(name).matches()) {
          throw new IllegalArgumentException(
              "name: '" + name + "' (expected: that of a topic or a group)");
        }
      }
    }
  }

  /** One who may do everything. */
  public static AclAccount admin(String accessKey, String secretKey) {
    return new AclAccount(accessKey, secretKey, true, Map.of(), Map.of());
  }

  /** The file that a broker reads its accounts from. */
  static String file(List<AclAccount> accounts) {
    StringBuilder text = new StringBuilder("accounts:\n");
    for (AclAccount account : accounts) {
      text.append(
          """
            - accessKey: "%s"
              secretKey: "%s"
              admin: %s
              defaultTopicPerm: DENY
              defaultGroupPerm: DENY
          """
              .formatted(account.accessKey, account.secretKey, account.admin));
      account.append(text, "topicPerms", account.topicRights);
      account.append(text, "groupPerms", account.groupRights);
    }
    return text.toString();
  }

  private void append(StringBuilder text, String list, Map<String, Right> rights) {
    if (!rights.isEmpty()) {
      text.append("    ").append(list).append(":\n");
      new TreeMap<>(rights)
          .forEach((name, right) -> text.append("      - \"%s=%s\"\n".formatted(name, right)));
    }
  }

  @Override
  public String toString() {
    return "AclAccount[" + accessKey + (admin ? ", admin]" : "]");
  }
}
