package dev.sluice.gateway.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Keeps anybody from filling the log, whatever they make the gateway or its libraries say: of each
 * logger so many lines are written in a while, and then how many more there were. A library's
 * logger, which says the same for each peer that misbehaves, often with a trace, has one line in
 * that time; our own have many, and all that debugging was asked for. Safe for use by any thread.
 */
final class BoundedLog extends UnsynchronizedAppenderBase<ILoggingEvent> {
  static final Duration WHILE = Duration.ofSeconds(10);
  static final int OWN_LINES = 100;
  private static final int LIBRARY_LINES = 1;

  private final Appender<ILoggingEvent> log;
  private final String own;
  private final Clock clock;
  // Never removed from: bounded by the classes that log.
  private final ConcurrentMap<String, Lines> byLogger = new ConcurrentHashMap<>();

  /**
   * Writes to another appender, which it starts and stops.
   *
   * @param own what the names of our own loggers begin with
   */
  BoundedLog(Appender<ILoggingEvent> log, String own, Clock clock) {
    this.log = log;
    this.own = own;
    this.clock = clock;
  }

  @Override
  public void start() {
    log.start();
    super.start();
  }

  @Override
  public void stop() {
    super.stop();
    log.stop();
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (!event.getLevel().isGreaterOrEqual(Level.INFO)) {
      log.doAppend(event);
      return;
    }
    String name = event.getLoggerName();
    Lines lines =
        byLogger.computeIfAbsent(
            name, any -> new Lines(any.startsWith(own) ? OWN_LINES : LIBRARY_LINES));
    long leftOut = lines.admit(clock.nanoTime());
    if (leftOut < 0) {
      return;
    }
    if (leftOut > 0) {
      log.doAppend(summary(event, leftOut));
    }
    log.doAppend(event);
  }

  private ILoggingEvent summary(ILoggingEvent next, long leftOut) {
    var logger = ((LoggerContext) getContext()).getLogger(next.getLoggerName());
    return new LoggingEvent(
        BoundedLog.class.getName(),
        logger,
        next.getLevel(),
        "{} more lines like the ones before were left out",
        null,
        new Object[] {leftOut});
  }

  /** What one logger has written of late. */
  private static final class Lines {
    private final int most;
    private boolean begun;
    private long began;
    private int written;
    private long leftOut;

    Lines(int most) {
      this.most = most;
    }

    /** How many were left out since the last line that is written; negative where this one is. */
    synchronized long admit(long now) {
      if (!begun || now - began >= WHILE.toNanos()) {
        begun = true;
        began = now;
        written = 0;
      }
      if (written >= most) {
        leftOut++;
        return -1;
      }
      written++;
      long before = leftOut;
      leftOut = 0;
      return before;
    }
  }
}
