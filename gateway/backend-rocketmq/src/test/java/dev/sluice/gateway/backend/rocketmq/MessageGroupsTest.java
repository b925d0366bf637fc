package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MessageGroupsTest {

  @Test
  void hashIsSipHash24AsItsAuthorsPublishedIt() {
    // Test vectors of the reference implementation: key 00..0f, messages 00, 00 01, 00 01 02, ...
    assertThat(MessageGroups.hash(new byte[0])).isEqualTo(0x726fdb47dd0e0e31L);
    assertThat(MessageGroups.hash(counting(1))).isEqualTo(0x74f839c593dc67fdL);
    assertThat(MessageGroups.hash(counting(7))).isEqualTo(0xab0200f58b01d137L);
    assertThat(MessageGroups.hash(counting(8))).isEqualTo(0x93f5f5799a932462L);
    assertThat(MessageGroups.hash(counting(15))).isEqualTo(0xa129ca6149be45e5L);
  }

  @Test
  void queueIsTheHashModuloTheQueuesAndNeverNegative() {
    int[] queues = new int[5];
    for (int i = 0; i < 5000; i++) {
      String key = "order-" + i + "-\u00e9";
      int queue = MessageGroups.queueOf(key, queues.length);
      long hash = MessageGroups.hash(key.getBytes(StandardCharsets.UTF_8));
      assertThat((long) queue).isEqualTo(((hash % 5) + 5) % 5);
      queues[queue]++;
    }
    assertThat(Arrays.stream(queues).min().orElse(0)).isGreaterThan(800);
  }

  private static byte[] counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }
}
