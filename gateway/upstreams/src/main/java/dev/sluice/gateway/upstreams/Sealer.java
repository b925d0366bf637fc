package dev.sluice.gateway.upstreams;

import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Seals small payloads, mostly into url-safe text, that only holders of the {@link ClusterKey} can
 * make, and, where they hold secrets, read. Safe for use by any thread.
 */
public final class Sealer {

  /** The longest text that is tried, in characters. */
  public static final int MAX_SEALED = 16 * 1024;

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  /** What a sealed text is for; one sealed for another purpose does not open. */
  public enum Purpose {
    /** Holds credentials: unreadable. */
    PRODUCER_ID('p', true),
    /** Holds credentials: unreadable. */
    CONSUMER_ID('c', true),
    /** Comes with every message and tells its receiver nothing new: readable. */
    HANDLE('h', false),
    /** Tells its sender nothing new: readable. */
    TRANSACTION('t', false),
    /** Passes between instances, where others may listen: unreadable. */
    PEER_REQUEST('q', true),
    /** Likewise, and no request can be passed off as one. */
    PEER_ANSWER('a', true);

    private final byte code;
    private final boolean secret;

    Purpose(char code, boolean secret) {
      this.code = (byte) code;
      this.secret = secret;
    }

    byte code() {
      return code;
    }

    byte[] associated() {
      return new byte[] {code};
    }
  }

  private final Protection encryption;
  private final Protection signing;

  private Sealer(List<MasterKey> masters) {
    this.encryption = new AuthenticatedEncryption(masters);
    this.signing = new Signing(masters);
  }

  /** A sealer with these keys. */
  public static Sealer with(ClusterKey key) {
    return new Sealer(key.keys().stream().map(MasterKey::of).toList());
  }

  /**
   * Seals the payload. Secret ones give a different text each time.
   *
   * @param payload so short that the text stays under {@link #MAX_SEALED}
   */
  public String seal(Purpose purpose, byte[] payload) {
    return ENCODER.encodeToString(protection(purpose).protect(purpose, payload));
  }

  /** The payload, or empty where the text does not open: not ours, altered, or for another use. */
  public Optional<byte[]> open(Purpose purpose, String text) {
    if (text.length() > MAX_SEALED) {
      return Optional.empty();
    }
    byte[] sealed;
    try {
      sealed = DECODER.decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.ofNullable(protection(purpose).open(purpose, sealed));
  }

  /** As {@link #seal}, without making a text of it; of any length. */
  public byte[] sealBytes(Purpose purpose, byte[] payload) {
    return protection(purpose).protect(purpose, payload);
  }

  /** The payload, or empty where the bytes do not open; bounded only by their length. */
  public Optional<byte[]> openBytes(Purpose purpose, byte[] sealed) {
    return Optional.ofNullable(protection(purpose).open(purpose, sealed));
  }

  private Protection protection(Purpose purpose) {
    return purpose.secret ? encryption : signing;
  }
}
