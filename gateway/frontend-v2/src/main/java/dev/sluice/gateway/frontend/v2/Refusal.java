package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import java.util.Objects;

/** A request that this frontend refuses, with the code that the protocol has for it. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Code code;

  Refusal(Code code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  Code code() {
    return code;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNullElse(super.getMessage(), code.name());
  }
}
