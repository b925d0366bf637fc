package dev.sluice.proofs;

import dev.sluice.testkit.Seeds;
import java.io.IOException;
import java.time.Duration;

/** What happens to a cluster, and goes by. */
enum Fault {
  GATEWAY_KILLED {
    @Override
    void happen(Cluster cluster, int gateway, Duration lasting)
        throws IOException, InterruptedException {
      cluster.killGateway(gateway);
      Pause.of(lasting);
      cluster.startGateway(gateway);
    }
  },

  GATEWAY_RESTARTED {
    @Override
    void happen(Cluster cluster, int gateway, Duration lasting)
        throws IOException, InterruptedException {
      cluster.stopGateway(gateway);
      cluster.startGateway(gateway);
    }
  },

  GATEWAY_FROZEN {
    @Override
    void happen(Cluster cluster, int gateway, Duration lasting)
        throws IOException, InterruptedException {
      long pid = cluster.gateway(gateway).pid();
      cluster.freeze(pid);
      Pause.of(lasting);
      cluster.thaw(pid);
    }
  },

  BROKER_KILLED {
    @Override
    void happen(Cluster cluster, int gateway, Duration lasting) throws InterruptedException {
      cluster.killBroker();
      Pause.of(lasting);
      cluster.startBroker();
    }
  },

  BROKER_FROZEN {
    @Override
    void happen(Cluster cluster, int gateway, Duration lasting)
        throws IOException, InterruptedException {
      long pid = cluster.brokerPid();
      cluster.freeze(pid);
      Pause.of(lasting);
      cluster.thaw(pid);
    }
  },

  CONNECTIONS_CUT {
    @Override
    void happen(Cluster cluster, int gateway, Duration lasting) {
      cluster.network(gateway).cut();
    }
  },

  NETWORK_STALLED {
    @Override
    void happen(Cluster cluster, int gateway, Duration lasting) throws InterruptedException {
      cluster.network(gateway).stall();
      Pause.of(lasting);
      cluster.network(gateway).pass();
    }
  },

  CONNECTIONS_REFUSED {
    @Override
    void happen(Cluster cluster, int gateway, Duration lasting) throws InterruptedException {
      cluster.network(gateway).refuse();
      cluster.network(gateway).cut();
      Pause.of(lasting);
      cluster.network(gateway).pass();
    }
  };

  /** Does it to one gateway, or the broker, and undoes it after so long. */
  abstract void happen(Cluster cluster, int gateway, Duration lasting)
      throws IOException, InterruptedException;

  static Fault any(Seeds seeds) {
    return seeds.pick(values());
  }
}
