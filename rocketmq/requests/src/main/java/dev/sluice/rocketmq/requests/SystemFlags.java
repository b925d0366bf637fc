package dev.sluice.rocketmq.requests;

/** The bits of a message's system flag, which sender and broker set for each other. */
public final class SystemFlags {
  /** The body is compressed; the bits of {@link #COMPRESSION_MASK} say how. */
  public static final int COMPRESSED = 1;

  /** The message has several tags (never used). */
  public static final int MULTI_TAGS = 1 << 1;

  /** The two bits that say what the message is in a transaction. */
  public static final int TRANSACTION_MASK = 3 << 2;

  /** In {@link #TRANSACTION_MASK}: a half message. */
  public static final int TRANSACTION_PREPARED = 1 << 2;

  /** In {@link #TRANSACTION_MASK}: commit. */
  public static final int TRANSACTION_COMMIT = 2 << 2;

  /** In {@link #TRANSACTION_MASK}: roll back. */
  public static final int TRANSACTION_ROLLBACK = 3 << 2;

  /** The sender's address is IPv6. */
  public static final int BORN_HOST_V6 = 1 << 4;

  /** The broker's address is IPv6. */
  public static final int STORE_HOST_V6 = 1 << 5;

  /** The body holds a batch that the receiver has to take apart. */
  public static final int NEED_UNWRAP = 1 << 6;

  /** The body holds a batch that is stored as one. */
  public static final int INNER_BATCH = 1 << 7;

  /** The three bits that say how a body is compressed; 0, from older clients, means zlib. */
  public static final int COMPRESSION_MASK = 7 << 8;

  /** In {@link #COMPRESSION_MASK}: LZ4, in its frame format. */
  public static final int COMPRESSION_LZ4 = 1 << 8;

  /** In {@link #COMPRESSION_MASK}: Zstandard. */
  public static final int COMPRESSION_ZSTD = 2 << 8;

  /** In {@link #COMPRESSION_MASK}: zlib. */
  public static final int COMPRESSION_ZLIB = 3 << 8;

  private SystemFlags() {}
}
