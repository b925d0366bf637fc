package dev.sluice.proofs;

import dev.sluice.testkit.FaultyNetwork;
import java.io.IOException;
import java.time.Duration;

/** What happens to a cluster and its clients, and goes by. */
enum LibraryFault {
  BROKER_KILLED {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting) throws InterruptedException {
      cluster.engine().kill().toCompletableFuture().join();
      Pause.of(lasting);
      cluster.engine().restart();
    }
  },

  BROKER_FROZEN {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting)
        throws IOException, InterruptedException {
      Signals.freeze(cluster.engine().pid(), lasting);
    }
  },

  /** For longer than routes are good without being looked up again, once it is long. */
  NAME_SERVER_GONE {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting) throws InterruptedException {
      takeAway(cluster.names(), lasting.multipliedBy(15));
    }
  },

  CONNECTIONS_CUT {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting) {
      cluster.network().cut();
    }
  },

  CONNECTIONS_LOST {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting) {
      cluster.network().lose();
    }
  },

  CONNECTIONS_REFUSED {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting) throws InterruptedException {
      takeAway(cluster.network(), lasting);
    }
  },

  NETWORK_STALLED {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting) throws InterruptedException {
      cluster.network().stall();
      Pause.of(lasting);
      cluster.network().pass();
    }
  },

  NETWORK_SLOW {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting) throws InterruptedException {
      cluster.network().delay(Duration.ofMillis(200));
      Pause.of(lasting);
      cluster.network().delay(Duration.ZERO);
    }
  },

  MEMBER_KILLED {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting)
        throws IOException, InterruptedException {
      cluster.process(process).kill();
      Pause.of(lasting);
      cluster.startProcess(process);
    }
  },

  MEMBER_FROZEN {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting)
        throws IOException, InterruptedException {
      Signals.freeze(cluster.process(process).pid(), lasting);
    }
  },

  MEMBER_REPLACED {
    @Override
    void happen(LibraryCluster cluster, int process, Duration lasting) throws IOException {
      cluster.process(process).close();
      cluster.startProcess(process);
    }
  };

  /** Does it, where it is of a process to this one, and undoes it after so long or longer. */
  abstract void happen(LibraryCluster cluster, int process, Duration lasting)
      throws IOException, InterruptedException;

  private static void takeAway(FaultyNetwork network, Duration lasting)
      throws InterruptedException {
    network.refuse();
    network.cut();
    Pause.of(lasting);
    network.pass();
  }
}
