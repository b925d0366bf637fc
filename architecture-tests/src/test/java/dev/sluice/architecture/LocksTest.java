package dev.sluice.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No lock is held across a network call, a callback or a wait (requirement P22). */
class LocksTest {

  @Test
  void noLockIsHeldAcrossTheNetworkCallbacksAndWaits() throws IOException {
    Repository repository = Repository.here();
    List<Path> files = new ArrayList<>();
    for (Path folder : classFolders(repository)) {
      files.addAll(classFiles(folder));
    }
    var locks = new Locks(files);
    assertThat(locks.size()).as("classes read").isGreaterThan(300);
    assertThat(locks.breaches()).as("called while a lock is held").isEmpty();
  }

  @Test
  void whatTheRuleForbidsIsFound() throws Exception {
    Path classes = Path.of(getClass().getProtectionDomain().getCodeSource().getLocation().toURI());
    Path offender = classes.resolve(Offender.class.getName().replace('.', '/') + ".class");
    Path friend = classes.resolve(Friend.class.getName().replace('.', '/') + ".class");
    assertThat(new Locks(List.of(offender, friend)).breaches())
        .extracting(breach -> breach.substring(breach.indexOf("$Offender.") + 10))
        .containsExactlyInAnyOrder(
            "inBlock calls java.lang.Runnable.run",
            "inMethod calls java.lang.Runnable.run",
            "byAnother calls java.lang.Runnable.run",
            "ofAnotherClass calls java.lang.Runnable.run",
            "underTheLockOfAnEntry calls java.lang.Runnable.run",
            "byReference calls java.lang.Runnable.run",
            "byALockObject calls java.util.concurrent.locks.ReentrantLock.lock",
            "byALockObject calls java.util.concurrent.locks.ReentrantLock.unlock");
  }

  /** Breaks the rule in each way that there is; what it does after a lock is fine. */
  static final class Offender {
    private final Runnable task;

    Offender(Runnable task) {
      this.task = task;
    }

    void inBlock() {
      synchronized (this) {
        task.run();
      }
    }

    synchronized void inMethod() {
      task.run();
    }

    synchronized void byAnother() {
      unlocked();
    }

    void unlocked() {
      task.run();
    }

    synchronized void ofAnotherClass() {
      Friend.help(task);
    }

    void underTheLockOfAnEntry(ConcurrentMap<String, String> map) {
      map.computeIfPresent(
          "key",
          (key, value) -> {
            Friend.help(task);
            return value;
          });
    }

    void byReference(ConcurrentMap<String, String> map) {
      map.computeIfAbsent("key", this::made);
    }

    void byALockObject(ReentrantLock lock) {
      lock.lock();
      try {
        task.run();
      } finally {
        lock.unlock();
      }
    }

    private String made(String key) {
      task.run();
      return key;
    }

    int afterwards() {
      int before;
      synchronized (this) {
        before = task.hashCode();
      }
      task.run();
      return before;
    }
  }

  /** Runs what it is given. */
  static final class Friend {
    private Friend() {}

    static void help(Runnable task) {
      task.run();
    }
  }

  /** Those of the modules that run in a gateway or a client, but for what protoc made. */
  private static List<Path> classFolders(Repository repository) {
    Path root = repository.root();
    return repository.files(path -> path.endsWith("pom.xml")).stream()
        .filter(path -> !path.startsWith(root.resolve("testkit")))
        .filter(path -> !path.startsWith(root.resolve("gateway/proto")))
        .filter(path -> !path.startsWith(root.resolve("engines")))
        .filter(path -> !path.startsWith(root.resolve("proofs")))
        .filter(path -> !path.startsWith(root.resolve("benchmarks")))
        .filter(path -> !path.startsWith(root.resolve("examples")))
        .map(path -> path.resolveSibling("target/classes"))
        .filter(Files::isDirectory)
        .toList();
  }

  private static List<Path> classFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(path -> path.toString().endsWith(".class")).toList();
    }
  }
}
