package dev.sluice.gateway.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.LedgerSnapshot;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

/**
 * {@code /debug/ledger}: what is open and whose it is; {@code /debug/threads}: what each thread
 * does. Text, or JSON for who asks for it. Secrets are in neither: the ledger's owners are named
 * without them, and of threads there are names and stacks.
 */
final class DebugPages {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String JSON_TYPE = "application/json";
  private static final String TEXT_TYPE = "text/plain; charset=utf-8";

  /** Of one kind; there may be as many as callers. */
  private static final int MOST_OWNERS = 1000;

  private final Ledger ledger;
  private final DebugAccess access;

  DebugPages(Ledger ledger, DebugAccess access) {
    this.ledger = ledger;
    this.access = access;
  }

  void addTo(HttpRouting.Builder routing) {
    routing
        .get("/debug/ledger", (request, response) -> answer(request, response, this::ledger))
        .get("/debug/threads", (request, response) -> answer(request, response, this::threads));
  }

  @FunctionalInterface
  private interface Page {
    String of(boolean json) throws IOException;
  }

  private void answer(ServerRequest request, ServerResponse response, Page page) {
    switch (access.judge(request)) {
      case ALLOWED -> show(request, response, page);
      case WRONG_TOKEN -> {
        response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"sluice debug\"");
        send(response, Status.UNAUTHORIZED_401, TEXT_TYPE, DebugAccess.WRONG_TOKEN_TEXT);
      }
      case ELSEWHERE -> send(response, Status.FORBIDDEN_403, TEXT_TYPE, DebugAccess.ELSEWHERE_TEXT);
    }
  }

  private static void show(ServerRequest request, ServerResponse response, Page page) {
    boolean json =
        request
            .headers()
            .value(HeaderNames.ACCEPT)
            .orElse("")
            .toLowerCase(Locale.ROOT)
            .contains(JSON_TYPE);
    response.header(HeaderNames.CACHE_CONTROL, "no-store");
    try {
      send(response, Status.OK_200, json ? JSON_TYPE : TEXT_TYPE, page.of(json));
    } catch (IOException e) {
      send(response, Status.INTERNAL_SERVER_ERROR_500, TEXT_TYPE, e.getMessage() + "\n");
    }
  }

  private static void send(ServerResponse response, Status status, String type, String text) {
    response.status(status).header(HeaderNames.CONTENT_TYPE, type).send(text);
  }

  private String threads(boolean json) throws IOException {
    return json ? ThreadDump.json() : ThreadDump.text();
  }

  private String ledger(boolean json) throws IOException {
    LedgerSnapshot snapshot = ledger.snapshot();
    return json ? json(snapshot) : snapshot + "\n";
  }

  private static String json(LedgerSnapshot snapshot) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeNumberField("faults", snapshot.faults());
      json.writeObjectFieldStart("kinds");
      for (Map.Entry<String, LedgerSnapshot.Kind> kind : snapshot.kinds().entrySet()) {
        json.writeFieldName(kind.getKey());
        write(json, kind.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  private static void write(JsonGenerator json, LedgerSnapshot.Kind kind) throws IOException {
    json.writeStartObject();
    json.writeNumberField("open", kind.open());
    json.writeNumberField("leaks", kind.leaks());
    json.writeNumberField("oldest_ms", kind.oldest().toMillis());
    json.writeNumberField("owner_count", kind.owners().size());
    json.writeObjectFieldStart("owners");
    Comparator<Map.Entry<String, Long>> most =
        Map.Entry.comparingByValue(Comparator.reverseOrder());
    for (var owner : kind.owners().entrySet().stream().sorted(most).limit(MOST_OWNERS).toList()) {
      json.writeNumberField(owner.getKey(), owner.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }
}
