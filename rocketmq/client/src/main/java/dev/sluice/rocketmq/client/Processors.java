package dev.sluice.rocketmq.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who answers the requests that brokers send, by code. Safe for all threads. */
final class Processors {
  private final Map<Integer, RequestProcessor> byCode = new ConcurrentHashMap<>();

  void register(int code, RequestProcessor processor) {
    byCode.put(code, processor);
  }

  @Nullable RequestProcessor find(int code) {
    return byCode.get(code);
  }
}
