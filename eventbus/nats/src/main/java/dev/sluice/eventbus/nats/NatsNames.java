package dev.sluice.eventbus.nats;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What things are called on the server. Topics and groups may have dots, which the server takes for
 * its own: they become equals signs, which no topic or group has.
 *
 * @param prefix of all names
 * @param group of the bus
 */
record NatsNames(String prefix, String group) {

  /** The stream of a topic. */
  String stream(String topic) {
    return prefix + "-topic-" + token(topic);
  }

  /** The subject of a partition. The last token of the subjects of a stream is the partition. */
  String subject(Part part) {
    return prefix + ".topic." + token(part.topic()) + '.' + part.number();
  }

  /**
   * The consumer of a partition that its owner of that epoch reads from.
   *
   * @param again how often it was made anew in this epoch
   */
  String consumer(Part part, long epoch, int again) {
    String first = token(group) + '-' + part.number() + '-' + epoch;
    return again == 0 ? first : first + 'r' + again;
  }

  /** The epoch in the name of a consumer, if it is one of this group and partition. */
  OptionalLong epoch(Part part, String consumer) {
    Matcher matcher =
        Pattern.compile(Pattern.quote(token(group)) + "-(\\d{1,9})-(\\d{1,18})(r\\d{1,9})?")
            .matcher(consumer);
    return matcher.matches() && Integer.parseInt(matcher.group(1)) == part.number()
        ? OptionalLong.of(Long.parseLong(matcher.group(2)))
        : OptionalLong.empty();
  }

  /** The bucket in which groups keep who has what. */
  String bucket() {
    return prefix + "-groups";
  }

  /** The group's key in the bucket. */
  String groupKey() {
    return token(group);
  }

  /** Where members tell each other that it is worth while to look at the record. */
  String wakeSubject() {
    return prefix + ".group." + token(group);
  }

  private static String token(String name) {
    return name.replace('.', '=');
  }
}
