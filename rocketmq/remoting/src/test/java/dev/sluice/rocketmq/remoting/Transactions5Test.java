package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.rocketmq.requests.EndTransaction.Resolution;
import dev.sluice.rocketmq.requests.HalfMessage;
import dev.sluice.rocketmq.requests.TransactionCheck;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class Transactions5Test extends TransactionsContract {
  Transactions5Test() {
    super(RocketMQVersion.V5);
  }

  @Test
  void aTransactionWithItsOwnTimeIsOnlyEndedLateByThoseWhoWereAsked() throws InterruptedException {
    LinkedBlockingQueue<TransactionCheck> checks = join();
    long begun = System.currentTimeMillis();
    // Not less than the broker's own two seconds: it would ask after one, and refuse after two.
    HalfMessage half = begin("late", Map.of("CHECK_IMMUNITY_TIME_IN_SECONDS", "2"));
    TransactionCheck check = checks.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(check).isNotNull();
    // The broker may ask before that time is over where it has ended other transactions meanwhile.
    Awaitility.await().until(() -> System.currentTimeMillis() - begun > 1_500);

    ClientException refused =
        catchThrowableOfType(ClientException.class, () -> end(half, Resolution.COMMIT, false));

    assertThat(refused.code()).isEqualTo(ResponseCode.ILLEGAL_OPERATION);
    assertThat(delivered(QUIET)).isEmpty();
    end(check.half(), Resolution.COMMIT, true);
    assertThat(delivered(PATIENCE)).containsExactly("late");
  }
}
