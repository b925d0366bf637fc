package dev.sluice.gateway.access;

import dev.sluice.gateway.upstreams.Permit;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;

/** Gives a permit back when its call is over, which gRPC tells in exactly one of two ways. */
final class PermitListener<Q> extends SimpleForwardingServerCallListener<Q> {
  private final Permit permit;

  PermitListener(ServerCall.Listener<Q> listener, Permit permit) {
    super(listener);
    this.permit = permit;
  }

  @Override
  public void onCancel() {
    permit.close();
    super.onCancel();
  }

  @Override
  public void onComplete() {
    permit.close();
    super.onComplete();
  }
}
