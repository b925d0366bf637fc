package dev.sluice.gateway.access;

import dev.sluice.gateway.access.Reloadable.Outcome;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something made of files, and made anew when they change. New contents are tried once they are the
 * same at two looks, so that files caught while they are being replaced are not; contents that
 * cannot be used are told of once, and what was there before stays.
 *
 * @param <T> what is made of them
 */
final class Reloading<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);

  private final String what;
  private final List<NamedFile> files;
  private final Function<FileContents, T> making;
  private volatile T current;
  private String inUse;
  private @Nullable String seen;
  private @Nullable String refused;

  private Reloading(
      String what, List<NamedFile> files, Function<FileContents, T> making, FileContents first) {
    this.what = what;
    this.files = files;
    this.making = making;
    this.current = making.apply(first);
    this.inUse = first.digest();
  }

  /**
   * Makes it for the first time. Blocks.
   *
   * @param what names it in the log
   * @param making makes it, or throws {@link AccessException}
   * @throws AccessException where the files cannot be used
   */
  static <T> Reloading<T> load(
      String what, List<NamedFile> files, Function<FileContents, T> making) {
    return new Reloading<>(what, List.copyOf(files), making, FileContents.read(files));
  }

  /** What the files made when they were last good. */
  T current() {
    return current;
  }

  /**
   * Looks whether the files have changed. Blocks; its owner sees to it that there is one look at a
   * time.
   *
   * @param use gets what changed files made, before {@link #current} tells it
   */
  Outcome look(Consumer<T> use) {
    FileContents now = FileContents.read(files);
    String digest = now.digest();
    String before = seen;
    seen = digest;
    if (digest.equals(inUse) || digest.equals(refused) || !digest.equals(before)) {
      return Outcome.UNCHANGED;
    }
    T made;
    try {
      made = making.apply(now);
    } catch (AccessException e) {
      refused = digest;
      LOG.error("{}: the changed files are not used, the old ones hold: {}", what, e.getMessage());
      return Outcome.REFUSED;
    }
    use.accept(made);
    current = made;
    inUse = digest;
    refused = null;
    LOG.info("{}: the changed files are in use", what);
    return Outcome.RELOADED;
  }
}
