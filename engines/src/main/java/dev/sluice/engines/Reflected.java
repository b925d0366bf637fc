package dev.sluice.engines;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Reaches the servers' objects, whose classes ours are compiled without. */
final class Reflected {
  private Reflected() {}

  /** An object made by the constructor without parameters. */
  static Object make(String className) throws Exception {
    return Class.forName(className).getConstructor().newInstance();
  }

  /** What a public method without parameters returns; its exceptions are thrown as they are. */
  static @Nullable Object call(Object target, String method) throws Exception {
    try {
      Method found = target.getClass().getMethod(method);
      found.setAccessible(true); // the class may be hidden behind a public interface
      return found.invoke(target);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** The same for a method that must return something. */
  static Object get(Object target, String method) throws Exception {
    Object result = call(target, method);
    if (result == null) {
      throw new IllegalStateException(target.getClass().getName() + "." + method + " gave nothing");
    }
    return result;
  }

  /** What a field of the object's own class holds. */
  static Object field(Object target, String name) throws Exception {
    Field found = target.getClass().getDeclaredField(name);
    found.setAccessible(true);
    Object value = found.get(target);
    if (value == null) {
      throw new IllegalStateException(target.getClass().getName() + "." + name + " holds nothing");
    }
    return value;
  }
}
