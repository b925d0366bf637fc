package dev.sluice.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The checkout that the tests run in: its root and the files that people wrote. */
final class Repository {
  private static final Set<String> NOT_WRITTEN_BY_PEOPLE =
      Set.of("target", "node_modules", ".git", "data");

  private final Path root;

  private Repository(Path root) {
    this.root = root;
  }

  /** Finds the root from the folder of this module, which is where Maven and editors run tests. */
  static Repository here() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CONTRIBUTING.md"))) {
      Path parent = folder.getParent();
      if (parent == null) {
        throw new IllegalStateException(
            "working folder: "
                + Path.of("").toAbsolutePath()
                + " (expected: inside the repository)");
      }
      folder = parent;
    }
    return new Repository(folder);
  }

  Path root() {
    return root;
  }

  List<Path> javaFiles() {
    return files(path -> path.getFileName().toString().endsWith(".java"));
  }

  List<Path> files(Predicate<Path> wanted) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return NOT_WRITTEN_BY_PEOPLE.contains(folder.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (attributes.isRegularFile() && wanted.test(file)) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            // Other modules' tests may be writing files of their own, and deleting them.
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.sort(null);
    return List.copyOf(found);
  }

  String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read as UTF-8", e);
    }
  }

  String name(Path file) {
    return root.relativize(file).toString();
  }
}
