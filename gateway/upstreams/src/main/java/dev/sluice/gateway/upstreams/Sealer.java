package dev.sluice.gateway.upstreams;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals small payloads into url-safe text that only holders of the {@link ClusterKey} can read or
 * make: AES-256-GCM with the purpose as associated data. Safe for use by any thread; about a
 * microsecond each way.
 *
 * <p>Layout before base64: key id (1 byte), salt (12), counter (8), ciphertext, tag (16). The salt
 * is random for each sealer, and the AES key is derived from the cluster key and the salt, so that
 * a plain counter makes a nonce that never repeats, however many instances seal however much.
 */
public final class Sealer {

  /** The longest text that is tried, in characters. */
  public static final int MAX_SEALED = 16 * 1024;

  private static final int SALT = 12;
  private static final int COUNTER = 8;
  private static final int HEADER = 1 + SALT + COUNTER;
  private static final int TAG = 16;
  private static final int NONCE = 12;
  private static final int MAX_DERIVED = 1024;
  private static final byte[] CONTEXT = "sluice seal 1".getBytes(StandardCharsets.US_ASCII);
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
  private static final ThreadLocal<Cipher> CIPHERS = ThreadLocal.withInitial(Sealer::newCipher);

  /** What a sealed text is for; one sealed for another purpose does not open. */
  public enum Purpose {
    PRODUCER_ID('p'),
    CONSUMER_ID('c'),
    HANDLE('h'),
    TRANSACTION('t');

    private final char code;

    Purpose(char code) {
      this.code = code;
    }

    private byte[] associated() {
      return new byte[] {(byte) code};
    }
  }

  private record Master(byte id, SecretKeySpec key) {}

  private record Derived(Master master, ByteBuffer salt) {}

  private final Master[] masters;
  private final byte[] salt = new byte[SALT];
  private final SecretKeySpec sealingKey;
  private final AtomicLong counter = new AtomicLong();
  // Bounded: emptied when full; only keys that opened something get in.
  private final ConcurrentMap<Derived, SecretKeySpec> derived = new ConcurrentHashMap<>();

  private Sealer(Master[] masters) {
    this.masters = masters;
    new SecureRandom().nextBytes(salt);
    this.sealingKey = derive(masters[0], salt);
  }

  /** A sealer with these keys. */
  public static Sealer with(ClusterKey key) {
    return new Sealer(
        key.keys().stream()
            .map(bytes -> new Master(idOf(bytes), new SecretKeySpec(bytes, "HmacSHA256")))
            .toArray(Master[]::new));
  }

  /**
   * Seals the payload; the same payload gives a different text each time.
   *
   * @param payload so short that the text stays under {@link #MAX_SEALED}
   */
  public String seal(Purpose purpose, byte[] payload) {
    byte[] sealed = new byte[HEADER + payload.length + TAG];
    long count = counter.incrementAndGet();
    ByteBuffer.wrap(sealed).put(masters[0].id()).put(salt).putLong(count);
    try {
      Cipher cipher = CIPHERS.get();
      cipher.init(Cipher.ENCRYPT_MODE, sealingKey, nonce(count));
      cipher.updateAAD(purpose.associated());
      int written = cipher.doFinal(payload, 0, payload.length, sealed, HEADER);
      assert written == payload.length + TAG;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM: " + e.getMessage(), e);
    }
    return ENCODER.encodeToString(sealed);
  }

  /** The payload, or empty where the text does not open: not ours, altered, or for another use. */
  public Optional<byte[]> open(Purpose purpose, String text) {
    byte[] sealed = decode(text);
    if (sealed == null) {
      return Optional.empty();
    }
    byte[] itsSalt = Arrays.copyOfRange(sealed, 1, 1 + SALT);
    long count = ByteBuffer.wrap(sealed).getLong(1 + SALT);
    for (Master master : masters) {
      if (master.id() == sealed[0]) {
        var cached = new Derived(master, ByteBuffer.wrap(itsSalt));
        SecretKeySpec known = derived.get(cached);
        SecretKeySpec key = known != null ? known : derive(master, itsSalt);
        byte[] payload = decrypt(purpose, key, count, sealed);
        if (payload != null) {
          if (known == null) {
            remember(cached, key);
          }
          return Optional.of(payload);
        }
      }
    }
    return Optional.empty();
  }

  private static byte @Nullable [] decode(String text) {
    if (text.length() > MAX_SEALED) {
      return null;
    }
    try {
      byte[] sealed = DECODER.decode(text);
      return sealed.length < HEADER + TAG ? null : sealed;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static byte @Nullable [] decrypt(
      Purpose purpose, SecretKeySpec key, long count, byte[] sealed) {
    try {
      Cipher cipher = CIPHERS.get();
      cipher.init(Cipher.DECRYPT_MODE, key, nonce(count));
      cipher.updateAAD(purpose.associated());
      return cipher.doFinal(sealed, HEADER, sealed.length - HEADER);
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  private void remember(Derived of, SecretKeySpec key) {
    if (derived.size() >= MAX_DERIVED) {
      derived.clear();
    }
    derived.put(of, key);
  }

  private static GCMParameterSpec nonce(long count) {
    byte[] nonce = new byte[NONCE];
    ByteBuffer.wrap(nonce).putLong(NONCE - COUNTER, count);
    return new GCMParameterSpec(TAG * 8, nonce);
  }

  private static SecretKeySpec derive(Master master, byte[] salt) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(master.key());
      mac.update(CONTEXT);
      return new SecretKeySpec(mac.doFinal(salt), "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA256: " + e.getMessage(), e);
    }
  }

  private static byte idOf(byte[] key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(CONTEXT);
      return digest.digest(key)[0];
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256: " + e.getMessage(), e);
    }
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM: " + e.getMessage(), e);
    }
  }
}
