/** To the list as it was left; to the plain queue when this page was the first. */
import { useNavigate, useRouter } from '@tanstack/react-router';

export function useBack(): () => void {
  const router = useRouter();
  const navigate = useNavigate();
  return () => {
    if (router.history.canGoBack()) router.history.back();
    else void navigate({ to: '/' });
  };
}
