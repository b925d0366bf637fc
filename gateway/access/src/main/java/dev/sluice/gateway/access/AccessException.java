package dev.sluice.gateway.access;

/**
 * A file of certificates, keys or API keys that cannot be used. The message names the setting, the
 * file and what was expected, and nothing of what a secret file holds.
 */
public final class AccessException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AccessException(String message) {
    super(message, null, false, false);
  }
}
