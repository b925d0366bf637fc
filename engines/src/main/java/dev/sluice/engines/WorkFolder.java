package dev.sluice.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A temporary folder for the engines and logs of one run, which are gigabytes after a long one. It
 * is gone when the run is, unless somebody will want to look into it. Close it after what writes
 * there. For one thread.
 */
public final class WorkFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkFolder.class);

  private final Path path;
  private boolean kept;

  private WorkFolder(Path path) {
    this.path = path;
  }

  /** A new one, in the system's folder for temporary files; its name begins with this one. */
  public static WorkFolder create(String name) throws IOException {
    return new WorkFolder(Files.createTempDirectory(name));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Whether it outlives the run, since somebody will want to look into it. */
  public void keep(boolean wanted) {
    kept = wanted;
  }

  /** Deletes it, or says what is left. */
  @Override
  public void close() {
    if (kept) {
      return;
    }
    try {
      SharedEngine.delete(path);
    } catch (IOException e) {
      LOG.warn("{} is left behind", path, e);
    }
  }
}
