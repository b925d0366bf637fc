package dev.sluice.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads from class files what is called while a lock is held: in synchronized methods, between
 * entering and leaving a monitor in the order of the code, and in functions that a concurrent map
 * runs under the lock of an entry. Calls of the project's own methods are followed, of whichever
 * class; those of interfaces and of others are judged by whom they are made to.
 */
final class Locks {

  private static final int DEEPEST = 8;
  private static final String LOCKS = "java/util/concurrent/locks/";

  /** Run what they are given under the lock of an entry. */
  private static final Set<String> UNDER_ENTRY_LOCKS =
      Set.of("compute", "computeIfAbsent", "computeIfPresent", "merge");

  private static final Set<String> CONCURRENT_MAPS =
      Set.of(
          "java/util/concurrent/ConcurrentMap",
          "java/util/concurrent/ConcurrentHashMap",
          "java/util/concurrent/ConcurrentSkipListMap");

  /** What waits, talks to the network, or is somebody else's code. */
  private static final Set<String> FORBIDDEN_PREFIXES =
      Set.of(
          "io.grpc.",
          "io.netty.bootstrap.",
          "io.netty.channel.Channel",
          "java.net.",
          "java.nio.channels.",
          "java.lang.Process",
          // Those whose span this does not see.
          "java.util.concurrent.locks.ReentrantLock",
          "java.util.concurrent.locks.ReentrantReadWriteLock",
          "java.util.concurrent.locks.StampedLock",
          "java.util.function.Consumer",
          "java.util.function.BiConsumer");

  private static final Set<String> FORBIDDEN_CALLS =
      Set.of(
          "java.lang.Runnable.run",
          "java.lang.Thread.sleep",
          "java.lang.Thread.join",
          "java.lang.Object.wait",
          "java.util.concurrent.CompletableFuture.complete",
          "java.util.concurrent.CompletableFuture.completeExceptionally",
          "java.util.concurrent.CompletableFuture.join",
          "java.util.concurrent.Future.get",
          "java.util.concurrent.CompletableFuture.get",
          "java.util.concurrent.CountDownLatch.await");

  /** The project's own callbacks, by simple name. */
  private static final Set<String> CALLBACKS =
      Set.of(
          "Completion",
          "Reply",
          "DeliverySink",
          "HandBack",
          "RequestProcessor",
          "Holder",
          "ItemHandler",
          "FlowOwner",
          "DeadLetterTarget");

  // By internal name: all that are read.
  private final Map<String, ClassModel> classes = new HashMap<>();

  /** Reads the classes that are judged and followed. */
  Locks(List<Path> classFiles) {
    for (Path file : classFiles) {
      try {
        ClassModel model = ClassFile.of().parse(file);
        classes.put(model.thisClass().asInternalName(), model);
      } catch (IOException e) {
        throw new UncheckedIOException(file.toString(), e);
      }
    }
  }

  /** How many classes were read. */
  int size() {
    return classes.size();
  }

  /** What is called under a lock and must not, each as {@code Class.method calls X.y}. */
  List<String> breaches() {
    Set<String> found = new TreeSet<>();
    for (ClassModel model : classes.values()) {
      for (MethodModel method : model.methods()) {
        walk(method, isSynchronized(method), new Walk(name(model, method), found), 0);
      }
    }
    return List.copyOf(found);
  }

  /** From where it began, with the methods that were walked under a lock. */
  private record Walk(String from, Set<String> found, Set<MethodModel> seen) {
    Walk(String from, Set<String> found) {
      this(from, found, new HashSet<>());
    }
  }

  private void walk(MethodModel method, boolean lockedAtEntry, Walk walk, int depth) {
    if (method.code().isEmpty() || depth > DEEPEST) {
      return;
    }
    int held = lockedAtEntry ? 1 : 0;
    MethodModel function = null;
    for (CodeElement element : method.code().get()) {
      if (element instanceof MonitorInstruction monitor) {
        // Leaving comes twice, once for each way out: what follows a way out is not locked.
        held = monitor.opcode() == Opcode.MONITORENTER ? held + 1 : Math.max(0, held - 1);
      } else if (element instanceof InvokeDynamicInstruction made) {
        function = function(made);
      } else if (element instanceof InvokeInstruction call) {
        if (held > 0 || call.owner().asInternalName().startsWith(LOCKS)) {
          judge(call, walk, depth);
        }
        if (function != null && runsUnderEntryLock(call) && walk.seen.add(function)) {
          walk(function, true, walk, depth + 1);
        }
      }
    }
  }

  private void judge(InvokeInstruction call, Walk walk, int depth) {
    String owner = call.owner().asInternalName().replace('/', '.');
    String called = owner + "." + call.name().stringValue();
    if (isForbidden(owner, called)) {
      walk.found.add(walk.from + " calls " + called);
      return;
    }
    MethodModel own =
        method(call.owner().asInternalName(), call.name().stringValue(), call.type().stringValue());
    if (own != null && walk.seen.add(own)) {
      walk(own, true, walk, depth + 1);
    }
  }

  private static boolean runsUnderEntryLock(InvokeInstruction call) {
    return UNDER_ENTRY_LOCKS.contains(call.name().stringValue())
        && CONCURRENT_MAPS.contains(call.owner().asInternalName());
  }

  /** The method that a lambda or a method reference stands for, where it is the project's. */
  private @Nullable MethodModel function(InvokeDynamicInstruction made) {
    for (ConstantDesc argument : made.bootstrapArgs()) {
      if (argument instanceof DirectMethodHandleDesc handle) {
        String owner = handle.owner().descriptorString();
        return method(
            owner.substring(1, owner.length() - 1), handle.methodName(), handle.lookupDescriptor());
      }
    }
    return null;
  }

  private @Nullable MethodModel method(String owner, String name, String type) {
    ClassModel model = classes.get(owner);
    if (model == null) {
      return null;
    }
    for (MethodModel method : model.methods()) {
      if (method.methodName().equalsString(name) && method.methodType().equalsString(type)) {
        return method;
      }
    }
    return null;
  }

  private static boolean isForbidden(String owner, String called) {
    String simple = owner.substring(owner.lastIndexOf('.') + 1);
    String innermost = simple.substring(simple.lastIndexOf('$') + 1);
    return FORBIDDEN_PREFIXES.stream().anyMatch(owner::startsWith)
        || FORBIDDEN_CALLS.contains(called)
        || (owner.startsWith("dev.sluice.") && CALLBACKS.contains(innermost));
  }

  private static boolean isSynchronized(MethodModel method) {
    return method.flags().has(AccessFlag.SYNCHRONIZED);
  }

  private static String name(ClassModel model, MethodModel method) {
    return model.thisClass().asInternalName().replace('/', '.')
        + "."
        + method.methodName().stringValue();
  }
}
