package dev.sluice.proofs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The platform threads of a process, without those that Java adds and removes as it likes. */
final class ThreadNames {

  private static final Pattern JAVAS_OWN =
      Pattern.compile("C[12] Compiler.*|ForkJoinPool.*|GC Thread.*|Signal Disp.*|Attach List.*");

  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  private ThreadNames() {}

  /** Their names, of which Linux keeps 15 characters, with # for each number. */
  static List<String> of(long pid) throws IOException {
    var names = new ArrayList<String>();
    try (var tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks) {
        try {
          String name = Files.readString(task.resolve("comm")).strip();
          if (!JAVAS_OWN.matcher(name).matches()) {
            names.add(NUMBER.matcher(name).replaceAll("#"));
          }
        } catch (NoSuchFileException e) {
          // Ended since it was listed.
        }
      }
    }
    return names;
  }
}
