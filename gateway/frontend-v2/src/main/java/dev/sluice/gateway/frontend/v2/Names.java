package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.Sessions;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Resource;

/** Topics and groups as callers write them, checked, with their namespace put before them. */
final class Names {

  private Names() {}

  static String topic(Resource resource) {
    return name(resource, "topic", Sessions.MAX_TOPIC, Code.ILLEGAL_TOPIC);
  }

  static String group(Resource resource) {
    return name(resource, "group", Sessions.MAX_GROUP, Code.ILLEGAL_CONSUMER_GROUP);
  }

  private static String name(Resource resource, String what, int longest, Code code) {
    String name = resource.getName();
    if (!resource.getResourceNamespace().isEmpty()) {
      name = resource.getResourceNamespace() + "%" + name;
    }
    if (resource.getName().isEmpty() || name.length() > longest || !isLegal(name)) {
      throw new Refusal(
          code,
          what
              + ": '"
              + (name.length() > longest ? name.substring(0, longest) + "…" : name)
              + "' (expected: 1 to "
              + longest
              + " of A-Z a-z 0-9 % | _ -)");
    }
    return name;
  }

  private static boolean isLegal(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean plain = c < 128 && Character.isLetterOrDigit(c);
      if (!plain && "_-%|".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Without the namespace that {@link #topic} put before it. */
  static Resource resource(Resource asked, String name) {
    String prefix = asked.getResourceNamespace() + "%";
    boolean inside = !asked.getResourceNamespace().isEmpty() && name.startsWith(prefix);
    return Resource.newBuilder()
        .setResourceNamespace(asked.getResourceNamespace())
        .setName(inside ? name.substring(prefix.length()) : name)
        .build();
  }
}
