package dev.sluice.rocketmq.remoting;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;

/** A file with the last list of name servers that was told. Blocks; one thread at a time. */
final class NameServerSnapshot {
  private final Path file;
  private final Consumer<String> warnings;

  NameServerSnapshot(Path file, Consumer<String> warnings) {
    this.file = file.toAbsolutePath();
    this.warnings = warnings;
  }

  /** The list; empty where there is none, or none that can be read. */
  List<Endpoint> read() {
    if (Files.notExists(file)) {
      return List.of();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(NameServerList.MAX_BYTES + 1);
      if (bytes.length > NameServerList.MAX_BYTES) {
        throw new IOException("longer than " + NameServerList.MAX_BYTES + " bytes");
      }
      return NameServerList.parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException | IllegalArgumentException e) {
      warnings.accept("The snapshot of name servers in " + file + " is ignored: " + e);
      return List.of();
    }
  }

  /** Replaces the list, as a whole or not at all; what stands in the way is a warning. */
  void write(List<Endpoint> servers) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.writeString(part, NameServerList.format(servers) + "\n");
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      warnings.accept("The snapshot of name servers in " + file + " cannot be written: " + e);
    }
  }
}
