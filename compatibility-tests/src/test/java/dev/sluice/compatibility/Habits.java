package dev.sluice.compatibility;

import java.util.List;

/** What one of the two does in many answers; left out of both before they are compared. */
final class Habits {

  /** Why each is meant. */
  static final List<Reason> REASONS =
      List.of(Reason.NO_TRANSACTION, Reason.NOTHING_DELIVERED, Reason.COMES_AGAIN);

  private Habits() {}

  /** Without them. */
  static String without(String answer) {
    String bare =
        answer
            .replace("message_id transaction_id", "message_id")
            .replace(" invisible_duration", "");
    return bare.contains("message=(") ? bare : bare.replace(", delivery_timestamp", "");
  }
}
