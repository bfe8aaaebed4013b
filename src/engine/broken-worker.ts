import type { AuthorWorker, AuthorWorkers, Lost } from '#domain/ports.ts';

/**
 * A call that rejects says nothing about the author's code, only that its worker cannot be understood any more: the
 * worker is ended, and what it was doing is lost. So no caller has to expect a rejection.
 */
export function lostWhenBroken(workers: AuthorWorkers): AuthorWorkers {
  return {
    async open(program) {
      const opened = await workers.open(program);
      return opened.ok ? { ...opened, worker: endedWhenBroken(opened.worker) } : opened;
    },
  };
}

function endedWhenBroken(worker: AuthorWorker): AuthorWorker {
  const settled = <T>(call: Promise<T | Lost>): Promise<T | Lost> =>
    call.catch((): Lost => {
      worker.terminate('worker terminated');
      return { lost: 'worker terminated' };
    });
  return {
    get isAlive() {
      return worker.isAlive;
    },
    runFlow: (call, host) => settled(worker.runFlow(call, host)),
    runTask: (call, host) => settled(worker.runTask(call, host)),
    callBack: (call, host) => settled(worker.callBack(call, host)),
    assist: (port) => settled(worker.assist(port)),
    terminate: (cause) => worker.terminate(cause),
  };
}
