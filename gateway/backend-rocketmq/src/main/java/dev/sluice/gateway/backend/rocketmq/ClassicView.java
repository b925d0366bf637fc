package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.classic.MessageView;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.requests.StoredMessage;
import org.jspecify.annotations.Nullable;

/** What is pulled is seen as what is popped. */
final class ClassicView implements MessageView {

  /** What was asked about last; mostly the next question is about the same. */
  private volatile Known known = new Known(Filter.ALL, TagExpression.of(Filter.ALL));

  private record Known(Filter filter, TagExpression tags) {}

  @Override
  public @Nullable Delivery delivery(
      StoredMessage message,
      String topic,
      String broker,
      int attempt,
      String handle,
      long visibleAgainAt) {
    return new Deliveries(visibleAgainAt).of(message, topic, broker, attempt, handle);
  }

  @Override
  public boolean isWanted(Filter filter, @Nullable String tag) {
    Known last = known;
    if (!last.filter.equals(filter)) {
      last = new Known(filter, TagExpression.of(filter));
      known = last;
    }
    return last.tags.matches(tag);
  }

  @Override
  public dev.sluice.rocketmq.remoting.Filter filter(Filter filter) {
    return BrokerFilters.of(filter);
  }

  @Override
  public GatewayException failure(ClientException failure, String topic, String group) {
    return Failures.of(failure, topic, group);
  }
}
