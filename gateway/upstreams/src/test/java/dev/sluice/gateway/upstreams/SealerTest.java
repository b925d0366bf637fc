package dev.sluice.gateway.upstreams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.upstreams.Sealer.Purpose;
import dev.sluice.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SealerTest {

  private final ClusterKey key = ClusterKey.random();
  private final Sealer sealer = Sealer.with(key);

  @ParameterizedTest
  @EnumSource(Purpose.class)
  void payloadOpensOnEveryInstanceWithTheKey(Purpose purpose) {
    byte[] payload = "payload".getBytes(StandardCharsets.UTF_8);
    String sealed = sealer.seal(purpose, payload);
    assertThat(sealed).matches("[A-Za-z0-9_-]+");
    assertThat(sealer.open(purpose, sealed)).contains(payload);
    assertThat(Sealer.with(key).open(purpose, sealed)).contains(payload);
    assertThat(Sealer.with(ClusterKey.random()).open(purpose, sealed)).isEmpty();
    assertThat(sealer.open(purpose, sealer.seal(purpose, new byte[0]))).contains(new byte[0]);
  }

  @ParameterizedTest
  @EnumSource(Purpose.class)
  void textForOnePurposeDoesNotOpenForAnother(Purpose sealedFor) {
    String sealed = sealer.seal(sealedFor, new byte[40]);
    for (Purpose purpose : Purpose.values()) {
      assertThat(sealer.open(purpose, sealed).isPresent()).isEqualTo(purpose == sealedFor);
    }
  }

  @Test
  void whatHoldsCredentialsCannotBeRead() {
    byte[] secret = "the secret of all secrets".getBytes(StandardCharsets.US_ASCII);
    for (Purpose purpose : List.of(Purpose.PRODUCER_ID, Purpose.CONSUMER_ID)) {
      byte[] sealed = Base64.getUrlDecoder().decode(sealer.seal(purpose, secret));
      assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("secret");
    }
  }

  @ParameterizedTest
  @EnumSource(Purpose.class)
  void anyChangeOfTheTextIsNoticed(Purpose purpose, Seeds seeds) {
    var random = new Random(seeds.seed());
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < 2000; i++) {
      byte[] payload = new byte[random.nextInt(60)];
      random.nextBytes(payload);
      String sealed = sealer.seal(purpose, payload);
      // The last character may carry bits that mean nothing.
      int at = random.nextInt(sealed.length() - 1);
      char other = alphabet.charAt(random.nextInt(alphabet.length()));
      String changed = sealed.substring(0, at) + other + sealed.substring(at + 1);
      if (!changed.equals(sealed)) {
        assertThat(sealer.open(purpose, changed)).as(sealed + " " + at).isEmpty();
      }
      assertThat(sealer.open(purpose, sealed.substring(0, at))).isEmpty();
    }
  }

  @Test
  void sameTextNeverComesTwiceAlsoFromManyThreads() throws InterruptedException {
    var all = ConcurrentHashMap.<String>newKeySet();
    var threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int j = 0; j < 5000; j++) {
                      all.add(sealer.seal(Purpose.PRODUCER_ID, new byte[8]).substring(0, 28));
                    }
                  });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(all).hasSize(20_000);
    var others = new HashSet<String>();
    for (int i = 0; i < 100; i++) {
      others.add(Sealer.with(key).seal(Purpose.PRODUCER_ID, new byte[8]).substring(0, 28));
    }
    assertThat(others).hasSize(100).doesNotContainAnyElementsOf(all);
  }
}
