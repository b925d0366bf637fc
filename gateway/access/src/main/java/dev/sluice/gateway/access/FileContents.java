package dev.sluice.gateway.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What some files held at one moment: what is judged is what was compared, and not what the files
 * have become in between. Reading blocks.
 */
final class FileContents {
  private static final int MAX_BYTES = 1024 * 1024;

  private sealed interface Content {
    final class Read implements Content {
      private final byte[] bytes;

      private Read(byte[] bytes) {
        this.bytes = bytes;
      }
    }

    /** Where nothing else is expected, it is that the file can be read and is right. */
    record Unreadable(String why, @Nullable String expected) implements Content {
      private Unreadable(String why) {
        this(why, null);
      }
    }
  }

  private final Map<NamedFile, Content> contents = new LinkedHashMap<>();
  private final String digest;

  private FileContents(List<NamedFile> files) {
    MessageDigest all = sha256();
    for (NamedFile file : files) {
      Content content = read(file);
      contents.put(file, content);
      byte[] compared =
          switch (content) {
            case Content.Read read -> sha256().digest(read.bytes);
            case Content.Unreadable none -> none.why.getBytes(StandardCharsets.UTF_8);
          };
      all.update(compared);
      all.update((byte) compared.length);
    }
    digest = HexFormat.of().formatHex(all.digest());
  }

  /** Reads the files; one that cannot be read is told of by {@link #of}. */
  static FileContents read(List<NamedFile> files) {
    return new FileContents(files);
  }

  private static Content read(NamedFile file) {
    try (InputStream in = Files.newInputStream(file.path())) {
      String mode = file.secret() ? openTo(file.path()) : "";
      if (!mode.isEmpty()) {
        return new Content.Unreadable(
            "may be read by everyone, with the permissions " + mode,
            "rw------- or rw-r-----, since it holds secrets");
      }
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      return bytes.length > MAX_BYTES
          ? new Content.Unreadable("is larger than " + MAX_BYTES + " bytes")
          : new Content.Read(bytes);
    } catch (NoSuchFileException e) {
      return new Content.Unreadable("does not exist");
    } catch (AccessDeniedException e) {
      return new Content.Unreadable("may not be read by this process");
    } catch (IOException e) {
      return new Content.Unreadable("cannot be read: " + e.getMessage());
    }
  }

  /** The permissions where everyone may read, else nothing; a link's are those of its target. */
  private static String openTo(Path path) throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return "";
    }
    var permissions = Files.getPosixFilePermissions(path);
    return permissions.contains(PosixFilePermission.OTHERS_READ)
        ? PosixFilePermissions.toString(permissions)
        : "";
  }

  /**
   * The bytes of one of the files; not to be changed.
   *
   * @throws AccessException where it cannot be read
   */
  byte[] of(NamedFile file, String expected) {
    return switch (contents.get(file)) {
      case Content.Read read -> read.bytes;
      case Content.Unreadable none ->
          throw file.unusable(none.why, Objects.requireNonNullElse(none.expected, expected));
      case null -> throw new IllegalArgumentException(file + ": not among those read");
    };
  }

  /** Equal where all files were equal. */
  String digest() {
    return digest;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: " + e.getMessage(), e);
    }
  }
}
