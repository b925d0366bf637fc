package dev.sluice.gateway.spi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What every backend keeps about who the members of a group are. */
public abstract class MembersContractTest extends ContractTest {

  private static final Filter TAGS = new Filter(Filter.Type.TAG, "a||b");

  private final List<String> changed = new CopyOnWriteArrayList<>();

  @Override
  void membersChanged(String group) {
    changed.add(group);
  }

  @Test
  void groupThatNobodyJoinedHasNoMembers() {
    assertThat(members(upstream, newTopic(1, MessageKind.NORMAL), newName(GROUP_PREFIX)))
        .isEqualTo(new GroupMembers(Set.of(), Set.of(), null));
  }

  @Test
  void whoJoinsIsSeenByOthersUntilItLeaves() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newName(GROUP_PREFIX);
    Upstream other = startAnother();
    try {
      join(upstream, topic, group, "one");
      assertThat(members(other, topic, group).gateways()).containsExactly("one");
      join(other, topic, group, "two");
      assertThat(members(upstream, topic, group).gateways())
          .containsExactlyInAnyOrder("one", "two");
      Awaitility.await().atMost(PATIENCE).until(() -> changed.contains(group));

      changed.clear();
      run(done -> other.leave(topic, group, done));
      assertThat(members(upstream, topic, group).gateways()).containsExactly("one");
      Awaitility.await().atMost(PATIENCE).until(() -> changed.contains(group));
    } finally {
      other.close(Deadline.after(PATIENCE));
    }
  }

  @Test
  void memberOfSeveralTopicsIsSeenUntilItLeavesTheLast() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String second = newTopic(1, MessageKind.NORMAL);
    String group = newName(GROUP_PREFIX);
    join(upstream, topic, group, "one");
    join(upstream, second, group, "one");
    join(upstream, second, group, "one");

    run(done -> upstream.leave(topic, group, done));
    assertThat(members(upstream, second, group).gateways()).containsExactly("one");
    run(done -> upstream.leave(second, group, done));
    run(done -> upstream.leave(second, group, done));

    assertThat(members(upstream, second, group).gateways()).isEmpty();
  }

  @Test
  void whoLeavesBeforeItsJoiningHasEndedHasLeft() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String second = newTopic(1, MessageKind.NORMAL);
    String group = newName(GROUP_PREFIX);
    var joined = new Outcome<Void>();
    var joinedAgain = new Outcome<Void>();
    var left = new Outcome<Void>();
    var leftAgain = new Outcome<Void>();

    onLoop(
        () -> {
          upstream.join(new Membership(topic, group, TAGS, "one", 1), joined);
          upstream.leave(topic, group, left);
        });
    joined.succeeded(PATIENCE);
    left.succeeded(PATIENCE);
    assertThat(members(upstream, topic, group).gateways()).isEmpty();

    // also where it is known already, and would be under another name with the second topic
    join(upstream, topic, group, "one");
    onLoop(
        () -> {
          upstream.join(new Membership(second, group, TAGS, "one", 2), joinedAgain);
          upstream.leave(topic, group, new Outcome<>());
          upstream.leave(second, group, leftAgain);
        });
    joinedAgain.succeeded(PATIENCE);
    leftAgain.succeeded(PATIENCE);
    assertThat(members(upstream, topic, group).gateways()).isEmpty();
  }

  @Test
  void closingEndsAllMemberships() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newName(GROUP_PREFIX);
    Upstream other = startAnother();
    join(other, topic, group, "two");
    assertThat(members(upstream, topic, group).gateways()).containsExactly("two");

    other.close(Deadline.after(PATIENCE));

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> members(upstream, topic, group).gateways().isEmpty());
  }

  private Upstream startAnother() {
    Upstream other = backend().connect(spec());
    other.onMembers(group -> {});
    assertThat(get(other::start).kind()).isNotBlank();
    return other;
  }

  private void join(Upstream through, String topic, String group, String member) {
    run(done -> through.join(new Membership(topic, group, TAGS, member, 2), done));
  }

  private GroupMembers members(Upstream through, String topic, String group) {
    return get(done -> through.members(topic, group, done));
  }
}
