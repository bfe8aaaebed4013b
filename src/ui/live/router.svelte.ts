import { formatRoute, parseRoute, type Route } from './route.ts';

/** The address is the truth: views ask for a change of it and follow what it says. */
export class Router {
  route = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.route = parseRoute(location.hash);
    });
  }

  /** A new entry: Back returns. */
  go(route: Route): void {
    location.hash = formatRoute(route);
  }

  /** The same view, seen differently (filters, tabs): Back leaves it. */
  replace(route: Route): void {
    history.replaceState(history.state, '', formatRoute(route));
    this.route = route;
  }
}
