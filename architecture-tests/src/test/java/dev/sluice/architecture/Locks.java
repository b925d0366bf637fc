package dev.sluice.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads from class files what is called while a lock is held: in synchronized methods, and between
 * entering and leaving a monitor in the order of the code. Calls within the same class are
 * followed; calls of other classes are judged by whom they are made to.
 */
final class Locks {

  /** What waits, talks to the network, or is somebody else's code. */
  private static final Set<String> FORBIDDEN_PREFIXES =
      Set.of(
          "io.grpc.",
          "io.netty.bootstrap.",
          "io.netty.channel.Channel",
          "java.net.",
          "java.nio.channels.",
          "java.lang.Process",
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
      Set.of("Completion", "Reply", "DeliverySink", "HandBack", "RequestProcessor", "Holder");

  private Locks() {}

  /** What the class calls under a lock and must not, each as {@code Class.method calls X.y}. */
  static List<String> breaches(Path classFile) {
    ClassModel model;
    try {
      model = ClassFile.of().parse(classFile);
    } catch (IOException e) {
      throw new UncheckedIOException(classFile.toString(), e);
    }
    List<String> found = new ArrayList<>();
    for (MethodModel method : model.methods()) {
      walk(model, method, isSynchronized(method), name(model, method), 0, found);
    }
    return found;
  }

  private static void walk(
      ClassModel model,
      MethodModel method,
      boolean lockedAtEntry,
      String from,
      int depth,
      List<String> found) {
    if (method.code().isEmpty() || depth > 5) {
      return;
    }
    int held = lockedAtEntry ? 1 : 0;
    for (CodeElement element : method.code().get()) {
      if (element instanceof MonitorInstruction monitor) {
        // Leaving comes twice, once for each way out: what follows a way out is not locked.
        held = monitor.opcode() == Opcode.MONITORENTER ? held + 1 : Math.max(0, held - 1);
      } else if (held > 0 && element instanceof InvokeInstruction call) {
        String owner = call.owner().asInternalName().replace('/', '.');
        String called = owner + "." + call.name().stringValue();
        if (isForbidden(owner, called)) {
          found.add(from + " calls " + called);
        } else if (call.owner().asInternalName().equals(model.thisClass().asInternalName())) {
          for (MethodModel own : model.methods()) {
            if (own.methodName().equalsString(call.name().stringValue())
                && own.methodType().equalsString(call.type().stringValue())
                && !own.equals(method)) {
              walk(model, own, true, from, depth + 1, found);
            }
          }
        }
      }
    }
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
