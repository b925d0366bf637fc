package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.testkit.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much of the log anybody can have. */
class BoundedLogTest {
  private final LoggerContext context = new LoggerContext();
  private final FakeClock clock = FakeClock.create();
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final Logger library = context.getLogger("io.grpc.netty.NettyServerHandler");
  private final Logger own = context.getLogger("dev.sluice.gateway.server.GatewayServer");

  @BeforeEach
  void start() {
    BoundedLog bounded = new BoundedLog(written, "dev.sluice", clock);
    bounded.setContext(context);
    bounded.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(bounded);
  }

  @Test
  void aLibraryThatSaysTheSameAgainAndAgainIsWrittenOnceInAWhileWithTheNumber() {
    // when
    for (int i = 0; i < 1_000; i++) {
      library.warn("Stream Error", new IllegalStateException("reset"));
    }
    clock.advance(BoundedLog.WHILE.minusNanos(1));
    library.warn("Stream Error");

    // then
    assertThat(written.list).hasSize(1);
    assertThat(written.list.getFirst().getThrowableProxy()).as("the first is whole").isNotNull();

    // when
    clock.advance(Duration.ofNanos(1));
    library.warn("Stream Error");

    // then
    assertThat(written.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "Stream Error", "1000 more lines like the ones before were left out", "Stream Error");
    assertThat(written.list)
        .extracting(ILoggingEvent::getLoggerName)
        .containsOnly(library.getName());
  }

  @Test
  void oneLoggerTakesNothingFromAnother() {
    library.warn("Stream Error");
    library.warn("Stream Error");
    own.warn("something to know");
    context.getLogger("io.netty.channel.DefaultChannelPipeline").warn("a fault");

    assertThat(written.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("Stream Error", "something to know", "a fault");
  }

  @Test
  void ourOwnLinesAreManyAndBoundedToo() {
    for (int i = 0; i < 1_000; i++) {
      own.error("a fault");
    }

    assertThat(written.list).hasSize(BoundedLog.OWN_LINES);
  }

  @Test
  void whatDebuggingWasAskedForIsWrittenInFull() {
    own.setLevel(Level.TRACE);
    for (int i = 0; i < 1_000; i++) {
      own.debug("detail");
    }

    assertThat(written.list).hasSize(1_000);
  }
}
