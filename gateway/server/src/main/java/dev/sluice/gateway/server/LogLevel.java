package dev.sluice.gateway.server;

/** The least important thing that is written to the log. */
enum LogLevel {
  OFF,
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE
}
