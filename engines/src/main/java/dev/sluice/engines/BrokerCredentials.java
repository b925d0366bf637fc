package dev.sluice.engines;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a broker that asks its callers who they are knows itself by: its own settings name it, so
 * that whoever starts it can ask it. {@link #toString} shows no secret.
 */
record BrokerCredentials(String accessKey, String secretKey) {
  private static final String ALGORITHM = "HmacSHA1";

  /** Those in the settings of a broker with authentication; empty where none are told. */
  static Optional<BrokerCredentials> in(Map<String, String> brokerSettings) {
    if (!Boolean.parseBoolean(brokerSettings.get("authenticationEnabled"))) {
      return Optional.empty();
    }
    return read(
            brokerSettings.get("innerClientAuthenticationCredentials"), "accessKey", "secretKey")
        .or(() -> read(brokerSettings.get("initAuthenticationUser"), "username", "password"));
  }

  /** Those of the first who may do everything; empty where nobody may. */
  static Optional<BrokerCredentials> in(List<AclAccount> accounts) {
    return accounts.stream()
        .filter(AclAccount::admin)
        .findFirst()
        .map(account -> new BrokerCredentials(account.accessKey(), account.secretKey()));
  }

  private static Optional<BrokerCredentials> read(
      @Nullable String json, String accessKey, String secretKey) {
    String text = json == null ? "" : json;
    return field(text, accessKey)
        .flatMap(
            access -> field(text, secretKey).map(secret -> new BrokerCredentials(access, secret)));
  }

  /** Of a flat object of texts without escapes, which is what names and secrets are. */
  private static Optional<String> field(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"\\\\]+)\"").matcher(json);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  /** The fields of a request that has no others and no body, as a JSON object. */
  String fields() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secretKey.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      byte[] signature = mac.doFinal(accessKey.getBytes(StandardCharsets.UTF_8));
      return "{\"AccessKey\":\"%s\",\"Signature\":\"%s\"}"
          .formatted(accessKey, Base64.getEncoder().encodeToString(signature));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + " is not usable", e);
    }
  }

  @Override
  public String toString() {
    return "BrokerCredentials[" + accessKey + "]";
  }
}
