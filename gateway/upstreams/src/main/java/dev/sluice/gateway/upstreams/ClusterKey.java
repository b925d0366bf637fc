package dev.sluice.gateway.upstreams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The secret that instances which stand for each other share: it seals ids and receipt handles.
 * Rotation is by overlap: of several keys the first seals and all open, so that a new key is first
 * appended everywhere, then moved to the front everywhere, and the old one removed once what it
 * sealed is no longer in use. Never prints a key.
 */
public final class ClusterKey {

  /** The bytes of each key. */
  public static final int KEY_BYTES = 32;

  private static final int MAX_KEYS = 8;
  private static final String EXPECTED =
      "(expected: 1 to 8 keys separated by commas, each of 64 hex digits or 43 base64 characters)";

  private final List<byte[]> keys;

  private ClusterKey(List<byte[]> keys) {
    this.keys = List.copyOf(keys);
  }

  /** A key that no other instance has. */
  public static ClusterKey random() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new ClusterKey(List.of(key));
  }

  /**
   * Reads a setting: keys of 32 bytes in hex or base64, separated by commas, the sealing one first.
   *
   * @throws IllegalArgumentException where it is not one; does not quote it
   */
  public static ClusterKey parse(String setting) {
    String[] texts = setting.strip().split("\\s*,\\s*", -1);
    if (texts.length > MAX_KEYS) {
      throw new IllegalArgumentException("cluster key: " + texts.length + " keys " + EXPECTED);
    }
    var keys = new ArrayList<byte[]>();
    for (String text : texts) {
      keys.add(parseOne(text, keys.size() + 1));
    }
    return new ClusterKey(keys);
  }

  private static byte[] parseOne(String text, int number) {
    byte[] key;
    try {
      key =
          text.length() == 2 * KEY_BYTES
              ? HexFormat.of().parseHex(text)
              : Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      // Not given as the cause: its message quotes the key.
      throw new IllegalArgumentException(
          "cluster key: key " + number + " is neither hex nor base64 " + EXPECTED);
    }
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "cluster key: key " + number + " has " + key.length + " bytes " + EXPECTED);
    }
    return key;
  }

  /**
   * Reads the file, or makes a key and keeps it there, readable by its owner alone.
   *
   * @throws IOException where it can be neither read nor made, or where others may read it
   * @throws IllegalArgumentException where its content is no key
   */
  public static ClusterKey loadOrCreate(Path file) throws IOException {
    if (!Files.exists(file)) {
      create(file);
    }
    if (posix()) {
      var permissions = Files.getPosixFilePermissions(file);
      if (!PosixFilePermissions.fromString("rw-------").containsAll(permissions)) {
        throw new IOException(
            file
                + ": permissions "
                + PosixFilePermissions.toString(permissions)
                + " (expected: rw-------, readable by its owner alone)");
      }
    }
    try {
      return parse(Files.readString(file));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** Writes under another name first, so that no other process ever reads half a key. */
  private static void create(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path draft =
        file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
    FileAttribute<?>[] ownerOnly =
        posix()
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Files.deleteIfExists(draft);
    try (var channel =
        Files.newByteChannel(
            draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
      String text = HexFormat.of().formatHex(random().keys.getFirst()) + "\n";
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    try {
      // Unlike a rename, a link fails where another process was faster: its key holds.
      Files.createLink(file, draft);
    } catch (FileAlreadyExistsException e) {
      // The other's key is read.
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.move(draft, file);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static boolean posix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  /** The sealing key first. Not to be changed. */
  List<byte[]> keys() {
    return keys;
  }

  @Override
  public String toString() {
    return "ClusterKey[" + keys.size() + "]";
  }
}
