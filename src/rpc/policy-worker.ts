/**
 * A worker started from its own address has no policy of the page's: started from a blob it inherits it, so what
 * runs in it can neither eval nor reach another origin. Messages that come before the import is done wait in a queue.
 */
export function startUnderPolicy(address: string): Worker {
  const queue = `const q=[];onmessage=e=>q.push(e);`;
  const replay = `onmessage=null;for(const e of q)dispatchEvent(new MessageEvent('message',{data:e.data,ports:e.ports}))`;
  const rethrow = `e=>setTimeout(()=>{throw e})`;
  const text = `${queue}import(${JSON.stringify(address)}).then(()=>{${replay}},${rethrow})`;
  const boot = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  return new Worker(boot, { type: 'module' });
}
