package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.upstreams.Sealer.Purpose;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals what nobody may make or change, but everybody may read: HMAC-SHA-256, cut to 16 bytes, over
 * the purpose and the payload. Safe for use by any thread; half a microsecond and a few hundred
 * bytes of garbage each way, which matters for what is sealed with each message.
 *
 * <p>Layout: key id (1 byte), payload, tag (16). The key is derived from the cluster key for this
 * use alone.
 */
final class Signing implements Protection {

  private static final int TAG = 16;
  private static final byte[] CONTEXT = "sluice sign 1".getBytes(StandardCharsets.US_ASCII);

  private final List<MasterKey> masters;
  private final List<SecretKeySpec> keys;
  private final ThreadLocal<Mac[]> macs = ThreadLocal.withInitial(this::newMacs);

  /** The first key seals, all open. */
  Signing(List<MasterKey> masters) {
    this.masters = masters;
    this.keys =
        masters.stream()
            .map(master -> new SecretKeySpec(master.mac().doFinal(CONTEXT), MasterKey.ALGORITHM))
            .toList();
  }

  private Mac[] newMacs() {
    return keys.stream().map(MasterKey::mac).toArray(Mac[]::new);
  }

  @Override
  public byte[] protect(Purpose purpose, byte[] payload) {
    byte[] sealed = new byte[1 + payload.length + TAG];
    sealed[0] = masters.getFirst().id();
    System.arraycopy(payload, 0, sealed, 1, payload.length);
    byte[] tag = tag(macs.get()[0], purpose, sealed, payload.length);
    System.arraycopy(tag, 0, sealed, 1 + payload.length, TAG);
    return sealed;
  }

  @Override
  public byte @Nullable [] open(Purpose purpose, byte[] sealed) {
    int length = sealed.length - 1 - TAG;
    if (length < 0) {
      return null;
    }
    Mac[] own = macs.get();
    for (int i = 0; i < own.length; i++) {
      if (masters.get(i).id() == sealed[0]
          && isTag(tag(own[i], purpose, sealed, length), sealed, 1 + length)) {
        byte[] payload = new byte[length];
        System.arraycopy(sealed, 1, payload, 0, length);
        return payload;
      }
    }
    return null;
  }

  private static byte[] tag(Mac mac, Purpose purpose, byte[] sealed, int length) {
    mac.update(purpose.code());
    mac.update(sealed, 1, length);
    return mac.doFinal();
  }

  /** Takes the same time wherever they differ. */
  private static boolean isTag(byte[] tag, byte[] sealed, int at) {
    int different = 0;
    for (int i = 0; i < TAG; i++) {
      different |= tag[i] ^ sealed[at + i];
    }
    return different == 0;
  }
}
