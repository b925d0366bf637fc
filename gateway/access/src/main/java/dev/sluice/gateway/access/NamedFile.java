package dev.sluice.gateway.access;

import java.nio.file.Path;

/**
 * A file and what names it, for errors.
 *
 * @param namedBy the setting or flag, such as {@code TLS_CERT}
 * @param path where it is
 * @param secret whether nobody may read it but its owner and its group
 */
public record NamedFile(String namedBy, Path path, boolean secret) {

  /** One that others may read. */
  public NamedFile(String namedBy, Path path) {
    this(namedBy, path, false);
  }

  AccessException unusable(String why, String expected) {
    return new AccessException(this + " " + why + " (expected: " + expected + ")");
  }

  @Override
  public String toString() {
    return namedBy + ": " + path;
  }
}
