package dev.sluice.gateway.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;

/** A result as one JSON object for programs, on one line. Names say the units. */
public final class JsonReport {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonReport() {}

  /** The object, without a line's end. */
  public static String of(Result result, String gateway, List<Verdict> verdicts)
      throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("gateway", gateway);
      plan(json, result.plan());
      json.writeBooleanField("ended_early", result.endedEarly());
      json.writeNumberField("seconds", rounded(result.seconds()));
      json.writeNumberField("messages", result.finished());
      json.writeNumberField("messages_per_second", rounded(result.perSecond()));
      json.writeNumberField("bytes_per_second", Math.round(result.megabytesPerSecond() * 1e6));
      json.writeNumberField("failed", result.failed());
      json.writeNumberField("failed_in_warm_up", result.failedBefore());
      json.writeNumberField("unsent", result.unsent());
      json.writeNumberField("repeated", result.repeated());
      latencies(json, "send_ms", Optional.of(result.sends()));
      latencies(json, "delivery_ms", result.deliveries());
      latencies(
          json,
          "begun_late_ms",
          Optional.of(result.lateness()).filter(_ -> result.plan().pace() instanceof Pace.Rate));
      failures(json, result.failures());
      verdicts(json, verdicts);
      course(json, result.course());
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void plan(JsonGenerator json, Plan plan) throws IOException {
    json.writeStringField("topic", plan.topic());
    json.writeStringField("mode", plan.mode().word());
    switch (plan.pace()) {
      case Pace.InFlight(int messages) -> json.writeNumberField("concurrency", messages);
      case Pace.Rate(double perSecond) -> json.writeNumberField("rate", perSecond);
    }
    json.writeNumberField("connections", plan.connections());
    json.writeNumberField("body_bytes", plan.bodyBytes());
    json.writeNumberField("warm_up_seconds", plan.warmUp().toMillis() / 1000.0);
  }

  private static void latencies(JsonGenerator json, String name, Optional<Latencies> some)
      throws IOException {
    if (some.isEmpty() || some.get().count() == 0) {
      return;
    }
    Latencies latencies = some.get();
    json.writeObjectFieldStart(name);
    json.writeNumberField("count", latencies.count());
    json.writeNumberField("p50", rounded(latencies.percentile(50)));
    json.writeNumberField("p90", rounded(latencies.percentile(90)));
    json.writeNumberField("p99", rounded(latencies.percentile(99)));
    json.writeNumberField("p99_9", rounded(latencies.percentile(99.9)));
    json.writeNumberField("max", rounded(latencies.max()));
    json.writeNumberField("mean", rounded(latencies.mean()));
    json.writeEndObject();
  }

  private static void failures(JsonGenerator json, List<Failure> failures) throws IOException {
    json.writeArrayFieldStart("failures");
    for (Failure failure : failures) {
      json.writeStartObject();
      json.writeStringField("step", failure.step());
      json.writeStringField("code", failure.code());
      json.writeNumberField("count", failure.count());
      json.writeStringField("first", failure.first());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void verdicts(JsonGenerator json, List<Verdict> verdicts) throws IOException {
    json.writeArrayFieldStart("thresholds");
    for (Verdict verdict : verdicts) {
      json.writeStartObject();
      json.writeStringField("name", verdict.name());
      json.writeStringField("limit", verdict.limit());
      json.writeStringField("measured", verdict.measured());
      json.writeBooleanField("met", verdict.met());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void course(JsonGenerator json, List<Second> course) throws IOException {
    json.writeArrayFieldStart("course");
    for (Second second : course) {
      json.writeStartObject();
      json.writeNumberField("at_seconds", rounded(second.at()));
      json.writeNumberField("messages_per_second", rounded(second.perSecond()));
      json.writeNumberField("p50_ms", rounded(second.p50Millis()));
      json.writeNumberField("p99_ms", rounded(second.p99Millis()));
      json.writeNumberField("failed", second.failed());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** To a thousandth: what is beyond it is noise. */
  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
