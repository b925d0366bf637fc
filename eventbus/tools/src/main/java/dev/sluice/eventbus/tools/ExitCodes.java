package dev.sluice.eventbus.tools;

/** What the command line ends with; the same numbers as the gateway's. */
final class ExitCodes {
  /** All went well. */
  static final int OK = 0;

  /** It was tried, and failed. */
  static final int FAILED = 1;

  /** The command line or the configuration is wrong. */
  static final int USAGE = 2;

  /** The broker is not there, or does not answer in time. */
  static final int UNAVAILABLE = 69;

  /** The same for help texts. */
  static final String HELP =
      "%nExit codes: 0 all went well, 1 it failed, 2 the command line or the configuration is"
          + " wrong, 69 what it needs is not there (no broker, no answer in time, no JDK).";

  private ExitCodes() {}
}
