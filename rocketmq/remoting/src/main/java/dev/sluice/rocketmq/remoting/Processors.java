package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.RemotingCommand;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who answers the requests that brokers send, by code. Safe for all threads. */
final class Processors {
  private final Map<Integer, LateProcessor> byCode = new ConcurrentHashMap<>();

  void register(int code, RequestProcessor processor) {
    registerLate(
        code,
        (from, request, answer) -> {
          RemotingCommand made = processor.process(from, request);
          if (made != null) {
            answer.accept(made);
          }
        });
  }

  void registerLate(int code, LateProcessor processor) {
    byCode.put(code, processor);
  }

  @Nullable LateProcessor find(int code) {
    return byCode.get(code);
  }
}
