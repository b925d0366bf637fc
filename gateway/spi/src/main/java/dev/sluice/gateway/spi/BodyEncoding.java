package dev.sluice.gateway.spi;

/** How a body's bytes are to be read. */
public enum BodyEncoding {
  /** As they are. */
  IDENTITY,
  /** Compressed with gzip (RFC 1952) or zlib (RFC 1950), told apart by its first bytes. */
  GZIP
}
