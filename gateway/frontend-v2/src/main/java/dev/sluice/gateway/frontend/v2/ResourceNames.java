package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.upstreams.Names;

/** Topics and groups as callers write them, checked, with their namespace put before them. */
final class ResourceNames {

  private static final String AFTER_NAMESPACE = "%";

  private ResourceNames() {}

  /**
   * The topic's full name.
   *
   * @throws dev.sluice.gateway.spi.GatewayException about {@code TOPIC} where it is none
   */
  static String topic(Resource resource) {
    String name = full(resource);
    Names.checkTopic(name);
    return name;
  }

  /**
   * The group's full name.
   *
   * @throws dev.sluice.gateway.spi.GatewayException about {@code GROUP} where it is none
   */
  static String group(Resource resource) {
    String name = full(resource);
    Names.checkGroup(name);
    return name;
  }

  /** A namespace alone names nothing. */
  private static String full(Resource resource) {
    String namespace = resource.getResourceNamespace();
    String name = resource.getName();
    return namespace.isEmpty() || name.isEmpty() ? name : namespace + AFTER_NAMESPACE + name;
  }

  /** Without the namespace that {@link #topic} put before it. */
  static Resource resource(Resource asked, String name) {
    String prefix = asked.getResourceNamespace() + AFTER_NAMESPACE;
    boolean inside = !asked.getResourceNamespace().isEmpty() && name.startsWith(prefix);
    return Resource.newBuilder()
        .setResourceNamespace(asked.getResourceNamespace())
        .setName(inside ? name.substring(prefix.length()) : name)
        .build();
  }
}
