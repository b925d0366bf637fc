package dev.sluice.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Other programs' jars in a class loader of their own, for those that are made for other versions
 * of libraries than ours. Its objects are used by the names of their methods. Safe for all threads.
 */
public final class IsolatedJars implements AutoCloseable {

  private final URLClassLoader classes;

  private IsolatedJars(URLClassLoader classes) {
    this.classes = classes;
  }

  /** Classes of these jars and of the JDK. Whoever opens it closes it. */
  public static IsolatedJars open(List<Path> jars) {
    URL[] urls = jars.stream().map(IsolatedJars::url).toArray(URL[]::new);
    return new IsolatedJars(new URLClassLoader(urls, ClassLoader.getPlatformClassLoader()));
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Does something with the loader as the thread's own, which some of its classes look at. */
  public <T> T isolated(Supplier<T> work) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(classes);
    try {
      return work.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** A class by its full name. */
  public Class<?> type(String name) {
    try {
      return classes.loadClass(name);
    } catch (ClassNotFoundException e) {
      throw new LinkageError(name, e);
    }
  }

  /** A constant of an enum, by its name. */
  public Object constant(String type, String name) {
    return Arrays.stream(type(type).getEnumConstants())
        .filter(each -> ((Enum<?>) each).name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(type + ": no constant " + name));
  }

  /** An object by its first public constructor that takes these. */
  public Object make(String type, Object... arguments) {
    try {
      for (Constructor<?> each : type(type).getConstructors()) {
        if (fits(each.getParameterTypes(), arguments)) {
          return each.newInstance(arguments);
        }
      }
      throw new AssertionError(type + ": no constructor for " + Arrays.toString(arguments));
    } catch (InvocationTargetException e) {
      throw new AssertionError(type + ": " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type, e);
    }
  }

  /** An object of an interface of theirs. */
  public Object implement(String type, InvocationHandler handler) {
    return Proxy.newProxyInstance(
        classes,
        new Class<?>[] {type(type)},
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> false;
              case "toString" -> type;
              default -> handler.invoke(proxy, method, arguments);
            });
  }

  /** Calls an object's first public method of the name that takes these. */
  public static Object call(Object target, String name, Object... arguments) {
    try {
      for (Method each : target.getClass().getMethods()) {
        if (each.getName().equals(name) && fits(each.getParameterTypes(), arguments)) {
          return each.invoke(target, arguments);
        }
      }
      throw new AssertionError(name + ": no method for " + Arrays.toString(arguments));
    } catch (InvocationTargetException e) {
      throw new AssertionError(name + ": " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name, e);
    }
  }

  private static boolean fits(Class<?>[] parameters, Object[] arguments) {
    if (parameters.length != arguments.length) {
      return false;
    }
    for (int i = 0; i < parameters.length; i++) {
      boolean fits =
          parameters[i].isInstance(arguments[i])
              || (parameters[i] == int.class && arguments[i] instanceof Integer)
              || (parameters[i] == long.class && arguments[i] instanceof Long)
              || (parameters[i] == boolean.class && arguments[i] instanceof Boolean);
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether threads are alive that its programs began, by what their names begin with. Some end a
   * while after what they were for, and need classes for it.
   */
  public boolean hasThreads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix))
        .anyMatch(thread -> classes.equals(thread.getContextClassLoader()));
  }

  @Override
  public void close() throws IOException {
    classes.close();
  }
}
