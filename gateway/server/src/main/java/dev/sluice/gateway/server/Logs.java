package dev.sluice.gateway.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.sluice.lifecycle.Clock;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The log: lines on standard error, so that standard output stays for what a command answers.
 * Logback finds this class by itself and starts with warnings as text; {@link #use} then sets what
 * the configuration says. Set up in code: reading XML would add a tenth of a second to each start.
 */
public final class Logs extends ContextAwareBase implements Configurator {
  private static final String APPENDER = "log";
  private static final String OURS = "dev.sluice";

  /** How a line looks. */
  enum Form {
    TEXT,
    JSON
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    setUp(context, Level.WARN, Form.TEXT);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Sets the least level that is written and the form of the lines, from now on. */
  static void use(LogLevel level, Form form) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      setUp(context, Level.toLevel(level.name()), form);
    }
  }

  private static void setUp(LoggerContext context, Level level, Form form) {
    // What logs through the JDK itself comes here too, and nowhere else.
    if (!SLF4JBridgeHandler.isInstalled()) {
      SLF4JBridgeHandler.removeHandlersForRootLogger();
      SLF4JBridgeHandler.install();
    }
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    Encoder<ILoggingEvent> encoder = encoder(context, form);
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    BoundedLog bounded = new BoundedLog(console, OURS, Clock.system());
    bounded.setContext(context);
    bounded.setName(APPENDER);
    bounded.start();
    root.addAppender(bounded);
    // Below this, libraries write what goes over the wire, and with it every secret.
    root.setLevel(level.isGreaterOrEqual(Level.INFO) ? level : Level.INFO);
    context.getLogger(OURS).setLevel(level);
    // Its one error, that a port is taken, is told by us in one line instead of a stack trace.
    context.getLogger("io.helidon.webserver.LoomServer").setLevel(Level.OFF);
    // It warns, with a stack trace each time, of messages that are too large or do not expand.
    // Their
    // senders are answered, and nobody else needs to know.
    context
        .getLogger("io.grpc.netty.NettyServerStream")
        .setLevel(level.isGreaterOrEqual(Level.INFO) ? Level.OFF : level);
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, Form form) {
    Encoder<ILoggingEvent> encoder =
        switch (form) {
          case TEXT -> {
            PatternLayoutEncoder text = new PatternLayoutEncoder();
            text.setPattern(
                "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{30} %msg%n");
            yield text;
          }
          case JSON -> new JsonEncoder();
        };
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }
}
