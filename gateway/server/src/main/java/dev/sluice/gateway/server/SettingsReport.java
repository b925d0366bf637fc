package dev.sluice.gateway.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.gateway.server.SettingValues.Given;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;

/** All settings with their values and where these came from; secrets are not in it. */
final class SettingsReport {
  private static final JsonFactory JSON = new JsonFactory();

  private final SettingValues values;

  SettingsReport(SettingValues values) {
    this.values = values;
  }

  /** A table for people. */
  String text() {
    int names = 0;
    int texts = 0;
    for (Setting setting : Setting.values()) {
      names = Math.max(names, setting.name().length());
      texts = Math.max(texts, shown(setting).length());
    }
    String line = "%-" + names + "s  %-" + texts + "s  %s%n";
    StringBuilder table = new StringBuilder(String.format(line, "SETTING", "VALUE", "FROM"));
    for (Setting setting : Setting.values()) {
      table.append(String.format(line, setting, shown(setting), values.given(setting).place()));
    }
    int loops = Settings.eventLoops(values);
    return table
        .append(
            String.format(
                "%nOn this machine: %d event loop%s, each with one connection to each broker.%n",
                loops, loops == 1 ? "" : "s"))
        .toString();
  }

  private String shown(Setting setting) {
    String text = values.given(setting).text();
    if (text.isEmpty()) {
      return "(empty)";
    }
    return setting.secret() ? "(set, not shown)" : text;
  }

  /** One object with one for each setting: its value, null for a secret, and its source. */
  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      for (Setting setting : Setting.values()) {
        write(json, setting, values.given(setting));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }

  private static void write(JsonGenerator json, Setting setting, Given given) throws IOException {
    json.writeObjectFieldStart(setting.name());
    if (setting.secret()) {
      json.writeNullField("value");
      json.writeBooleanField("set", !given.text().isEmpty());
    } else {
      json.writeStringField("value", given.text());
    }
    json.writeStringField("source", given.source().name().toLowerCase(Locale.ROOT));
    json.writeStringField("from", given.place());
    json.writeEndObject();
  }
}
