package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.access.Permissions.Rule;
import dev.sluice.gateway.upstreams.Rights.Action;
import dev.sluice.gateway.upstreams.Rights.Resource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of several rules decides. */
class PermissionsTest {

  @Test
  void whatNoRuleAllowsIsDenied() {
    var permissions = new Permissions(List.of(rule(Resource.TOPIC, "orders", true)));

    assertThat(mayPub(permissions, "orders")).isTrue();
    assertThat(mayPub(permissions, "orders2")).isFalse();
    assertThat(mayPub(permissions, "order")).isFalse();
    assertThat(mayPub(permissions, "")).isFalse();
    assertThat(permissions.allow(Action.SUB, Resource.TOPIC, "orders")).isFalse();
    assertThat(permissions.allow(Action.PUB, Resource.GROUP, "orders")).isFalse();
    assertThat(mayPub(new Permissions(List.of()), "orders")).isFalse();
  }

  @Test
  void aPrefixIsForAllNamesThatBeginSo() {
    var permissions = new Permissions(List.of(prefix(Resource.TOPIC, "orders-", true)));

    assertThat(mayPub(permissions, "orders-1")).isTrue();
    assertThat(mayPub(permissions, "orders-")).isTrue();
    assertThat(mayPub(permissions, "orders")).isFalse();
    assertThat(mayPub(permissions, "ns%orders-1")).as("with a namespace before it").isFalse();
  }

  @Test
  void theMostExactRuleDecidesWhateverTheirOrder() {
    Rule everything = prefix(null, "", true);
    Rule topics = prefix(Resource.TOPIC, "", false);
    Rule some = prefix(Resource.TOPIC, "orders-", true);
    Rule fewer = prefix(Resource.TOPIC, "orders-secret-", false);
    Rule one = rule(Resource.TOPIC, "orders-secret-1", true);

    for (List<Rule> rules :
        List.of(
            List.of(everything, topics, some, fewer, one),
            List.of(one, fewer, some, topics, everything))) {
      var permissions = new Permissions(rules);
      assertThat(mayPub(permissions, "orders-secret-1")).isTrue();
      assertThat(mayPub(permissions, "orders-secret-2")).isFalse();
      assertThat(mayPub(permissions, "orders-2")).isTrue();
      assertThat(mayPub(permissions, "others")).isFalse();
      assertThat(permissions.allow(Action.PUB, Resource.GROUP, "others")).isTrue();
    }
  }

  @Test
  void ofEqualRulesTheOneThatDeniesDecides() {
    Rule allow = rule(Resource.TOPIC, "orders", true);
    Rule deny = rule(Resource.TOPIC, "orders", false);

    assertThat(mayPub(new Permissions(List.of(allow, deny)), "orders")).isFalse();
    assertThat(mayPub(new Permissions(List.of(deny, allow)), "orders")).isFalse();
  }

  @Test
  void aRuleIsNotAboutActionsThatItDoesNotName() {
    var permissions =
        new Permissions(
            List.of(
                new Rule(Resource.TOPIC, "orders", false, Set.of(Action.SUB), false),
                prefix(Resource.TOPIC, "", true)));

    assertThat(mayPub(permissions, "orders")).isTrue();
    assertThat(permissions.allow(Action.SUB, Resource.TOPIC, "orders")).isFalse();
  }

  @Test
  void aGroupsRetriesAreForWhoConsumesForIt() {
    var permissions =
        new Permissions(
            List.of(new Rule(Resource.GROUP, "billing", false, Set.of(Action.SUB), true)));

    assertThat(permissions.allow(Action.SUB, Resource.TOPIC, "%RETRY%billing")).isTrue();
    assertThat(permissions.allow(Action.SUB, Resource.TOPIC, "%RETRY%others")).isFalse();
    assertThat(permissions.allow(Action.SUB, Resource.TOPIC, "%DLQ%billing")).isFalse();
  }

  private static boolean mayPub(Permissions permissions, String topic) {
    return permissions.allow(Action.PUB, Resource.TOPIC, topic);
  }

  private static Rule rule(Resource resource, String name, boolean allow) {
    return new Rule(resource, name, false, Set.of(Action.PUB), allow);
  }

  private static Rule prefix(@Nullable Resource resource, String name, boolean allow) {
    return new Rule(resource, name, true, Set.of(Action.PUB), allow);
  }
}
