package dev.sluice.benchmarks.busload;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.MemoryOptions;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.eventbus.TransportOptions;
import dev.sluice.eventbus.memory.MemoryCluster;
import java.time.Duration;

/** What a bus can be over, each with its own defaults, and topics of {@link #PARTITIONS}. */
enum Transport {
  MEMORY {
    @Override
    TransportOptions options(BusOptions bus, String address) {
      return MemoryOptions.of(bus)
          .member("member", MemoryCluster.create(PARTITIONS, 1_000_000, 256L << 20));
    }
  },
  KAFKA {
    @Override
    TransportOptions options(BusOptions bus, String address) {
      return KafkaOptions.of(bus, address).newTopics(PARTITIONS, 1);
    }
  },
  NATS {
    @Override
    TransportOptions options(BusOptions bus, String address) {
      return NatsOptions.of(bus, address)
          .newTopics(PARTITIONS, 1, NatsOptions.Storage.FILE, Duration.ofHours(1));
    }
  },
  ROCKETMQ {
    @Override
    TransportOptions options(BusOptions bus, String address) {
      return RocketMQOptions.of(bus, address).newTopicQueues(PARTITIONS);
    }
  };

  static final int PARTITIONS = 3;

  /** Of a bus at a broker there. */
  abstract TransportOptions options(BusOptions bus, String address);
}
