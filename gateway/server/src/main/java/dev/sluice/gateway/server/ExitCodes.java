package dev.sluice.gateway.server;

/** What the command line ends with. */
final class ExitCodes {
  /** All went well; also an orderly stop by a signal. */
  static final int OK = 0;

  /** It was tried, and failed. */
  static final int FAILED = 1;

  /** The command line or a setting is wrong. */
  static final int USAGE = 2;

  /** What was measured misses a threshold. */
  static final int MISSED = 3;

  /** The gateway or the upstream is not there. */
  static final int UNAVAILABLE = 69;

  /** The same for help texts. */
  static final String HELP =
      "%nExit codes: 0 all went well, 1 it failed, 2 the command line or a setting is wrong, 3 a"
          + " threshold of bench is missed, 69 what it needs is not there (no gateway, no broker,"
          + " no JDK), 128 and a signal's number where that ended it at once.";

  private ExitCodes() {}
}
