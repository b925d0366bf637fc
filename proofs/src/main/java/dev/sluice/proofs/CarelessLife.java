package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.CleanupConsumerRequest;
import dev.sluice.gateway.proto.proxy.CleanupProducerRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.testkit.FaultyNetwork;
import dev.sluice.testkit.Seeds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What clients do to a gateway, from their first call to the way in which they disappear. */
enum CarelessLife {
  /** The only exemplary ones: they clean up. */
  PRODUCER_CLEANS_UP {
    @Override
    void live(Scene scene, Seeds seeds) {
      try (Caller caller = scene.call()) {
        String id = caller.producer(scene.topic());
        sendSome(caller, id, scene, seeds);
        caller
            .stub()
            .cleanupProducer(CleanupProducerRequest.newBuilder().setProducerId(id).build());
      }
    }
  },

  PRODUCER_FORGETS {
    @Override
    void live(Scene scene, Seeds seeds) {
      try (Caller caller = scene.call()) {
        sendSome(caller, caller.producer(scene.topic()), scene, seeds);
      }
    }
  },

  /** Creates one for each message, as some do. */
  PRODUCER_FOR_EACH_MESSAGE {
    @Override
    void live(Scene scene, Seeds seeds) throws InterruptedException {
      try (Caller caller = scene.call()) {
        for (int i = 0; i < 5; i++) {
          caller.send(caller.producer(scene.topic()), scene.sent());
          scene.pause(Duration.ofMillis(200));
        }
      }
    }
  },

  PRODUCER_IS_CUT {
    @Override
    void live(Scene scene, Seeds seeds) throws IOException {
      try (FaultyNetwork network = scene.network();
          Caller caller = scene.callOver(network)) {
        sendSome(caller, caller.producer(scene.topic()), scene, seeds);
        network.cut();
      }
    }
  },

  CONSUMER_CLEANS_UP {
    @Override
    void live(Scene scene, Seeds seeds) throws InterruptedException {
      try (Caller caller = scene.call()) {
        String group = scene.anyGroup(seeds);
        String id = caller.consumer(scene.topic(), group);
        receive(scene, caller, id, group, Duration.ofSeconds(seeds.between(3, 8)));
        caller
            .stub()
            .cleanupConsumer(CleanupConsumerRequest.newBuilder().setConsumerId(id).build());
      }
    }
  },

  CONSUMER_FORGETS {
    @Override
    void live(Scene scene, Seeds seeds) throws InterruptedException {
      try (Caller caller = scene.call()) {
        String group = scene.anyGroup(seeds);
        String id = caller.consumer(scene.topic(), group);
        receive(scene, caller, id, group, Duration.ofSeconds(seeds.between(3, 8)));
      }
    }
  },

  CONSUMER_NEVER_ASKS_FOR_ITS_STREAM {
    @Override
    void live(Scene scene, Seeds seeds) throws InterruptedException {
      try (Caller caller = scene.call()) {
        caller.consumer(scene.topic(), scene.anyGroup(seeds));
        scene.pause(Duration.ofSeconds(2));
      }
    }
  },

  CONSUMER_NEVER_ACKNOWLEDGES {
    @Override
    void live(Scene scene, Seeds seeds) throws InterruptedException {
      try (Caller caller = scene.call()) {
        String group = scene.anyGroup(seeds);
        MessageStream stream =
            caller.stream(caller.consumer(scene.topic(), group), scene.of(group)::add).readAll();
        scene.pause(Duration.ofSeconds(seeds.between(1, 5)));
        stream.cancel();
      }
    }
  },

  CONSUMER_NEVER_READS_AND_IS_CUT {
    @Override
    void live(Scene scene, Seeds seeds) throws IOException, InterruptedException {
      try (FaultyNetwork network = scene.network();
          Caller caller = scene.callOver(network)) {
        MessageStream stream =
            caller.stream(caller.consumer(scene.topic(), scene.anyGroup(seeds)), message -> {});
        scene.pause(Duration.ofSeconds(seeds.between(1, 5)));
        network.cut();
        // gRPC keeps what came until it is read or no longer wanted.
        stream.cancel();
      }
    }
  },

  CONSUMER_ACKNOWLEDGES_LATE {
    @Override
    void live(Scene scene, Seeds seeds) throws InterruptedException {
      String group = scene.anyGroup(seeds);
      BlockingQueue<String> handles = new LinkedBlockingQueue<>();
      String id;
      try (Caller caller = scene.call()) {
        id = caller.consumer(scene.topic(), group);
        caller.stream(
                id,
                message -> {
                  scene.of(group).add(message);
                  handles.add(message.getReceiptHandle());
                })
            .readAll();
        scene.pause(Duration.ofSeconds(seeds.between(1, 5)));
      }
      // Its stream is gone, and with it the right to these: the answers say so, or take them.
      try (Caller another = scene.call()) {
        for (String handle = handles.poll(); handle != null; handle = handles.poll()) {
          ackIfTaken(another, id, handle);
        }
      }
    }
  },

  /** Nothing tells the gateway that this one is gone. */
  CONSUMER_STALLS {
    @Override
    void live(Scene scene, Seeds seeds) throws IOException, InterruptedException {
      try (FaultyNetwork network = scene.network();
          Caller caller = scene.callOver(network)) {
        String group = scene.anyGroup(seeds);
        caller.stream(caller.consumer(scene.topic(), group), scene.of(group)::add).readAll();
        scene.pause(Duration.ofSeconds(1));
        network.stall();
        scene.pause(STALL);
      }
    }

    @Override
    Duration longest() {
      return STALL;
    }
  },

  /** Speaks no HTTP/2, or nothing at all. */
  STRANGER {
    @Override
    void live(Scene scene, Seeds seeds) throws IOException, InterruptedException {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), scene.port())) {
        if (seeds.chance(50)) {
          socket
              .getOutputStream()
              .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        scene.pause(Duration.ofSeconds(seeds.between(0, 3)));
      }
    }
  };

  /** Longer than a gateway waits for a sign of life. */
  private static final Duration STALL = Duration.ofSeconds(50);

  /** Lives through it on the calling thread. */
  abstract void live(Scene scene, Seeds seeds) throws IOException, InterruptedException;

  /** How long one may take where nothing is slow. */
  Duration longest() {
    return Duration.ofSeconds(10);
  }

  private static void sendSome(Caller caller, String producerId, Scene scene, Seeds seeds) {
    int count = seeds.between(1, 4);
    for (int i = 0; i < count; i++) {
      caller.send(producerId, scene.sent());
    }
  }

  /** Reads and acknowledges for a while, each message before the next is taken from the stream. */
  private static void receive(Scene scene, Caller caller, String id, String group, Duration time)
      throws InterruptedException {
    BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    MessageStream stream = caller.stream(id, messages::add).read(1);
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end && scene.over().getCount() > 0) {
      @Nullable Message message = messages.poll(500, TimeUnit.MILLISECONDS);
      if (message != null) {
        scene.of(group).add(message);
        stream.read(1);
        ackIfTaken(caller, id, message.getReceiptHandle());
      }
    }
    stream.cancel();
  }

  private static void ackIfTaken(Caller caller, String id, String handle) {
    try {
      caller.ack(id, handle);
    } catch (Caller.RefusedException e) {
      // Its time was over: the message comes again.
    }
  }
}
