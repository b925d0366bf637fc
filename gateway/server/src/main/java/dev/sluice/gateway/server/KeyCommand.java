package dev.sluice.gateway.server;

import dev.sluice.gateway.access.ApiKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice key}: makes API keys. */
@Command(
    name = "key",
    description = "Makes API keys for a gateway's API_KEYS_FILE.",
    synopsisSubcommandLabel = "create",
    mixinStandardHelpOptions = true,
    footer = {
      "%nExample:",
      "  sluice key create --name orders --key-file orders.key >> api-keys.yaml",
      ExitCodes.HELP
    })
final class KeyCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "create",
      description = {
        "Makes a key, and prints the entry for the file of API keys, which holds the key's digest"
            + " and not the key.",
        "",
        "The key itself is shown this once, on standard error, or written to a file that its owner"
            + " alone can read. Nobody can find it out again."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "%nExamples:",
        "  sluice key create --name orders >> api-keys.yaml",
        "  sluice key create --name orders --key-file orders.key >> api-keys.yaml",
        ExitCodes.HELP
      })
  int create(
      @Option(
              names = "--name",
              required = true,
              paramLabel = "<name>",
              description = "Who has it: 1 to 64 of A-Z a-z 0-9 . _ -")
          String name,
      @Option(
              names = "--key-file",
              paramLabel = "<file>",
              description = "Where to write the key; must not be there yet.")
          @Nullable Path file) {
    if (!ApiKeys.isName(name)) {
      throw new CommandException(
          ExitCodes.USAGE, "--name: " + name + " (expected: 1 to 64 of A-Z a-z 0-9 . _ -)");
    }
    String key = ApiKeys.newKey();
    if (file == null) {
      spec.commandLine().getErr().println("The key, shown this once: " + key);
    } else {
      write(file, key);
    }
    spec.commandLine().getOut().print(ApiKeys.entry(name, key));
    spec.commandLine().getOut().flush();
    return ExitCodes.OK;
  }

  private static void write(Path file, String key) {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerAlone =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (var channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerAlone)) {
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(key + "\n");
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(
          ExitCodes.FAILED, "--key-file: " + file + " exists (expected: a new file)");
    } catch (IOException e) {
      throw new CommandException(
          ExitCodes.FAILED, "--key-file: " + file + " cannot be written: " + e.getMessage());
    }
  }
}
